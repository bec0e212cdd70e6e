// The pages, in the order of the navigation and of Ctrl+1, Ctrl+2, …
import type { Place } from '../generated/bindings'

export type Page = Exclude<Place, 'welcome'>

export const pages: readonly Page[] = ['sign_in', 'passkeys', 'phone', 'safety', 'activity', 'settings', 'help']
