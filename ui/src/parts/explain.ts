// The way from an error to its explanation. A window without pages has none.
import { getContext, setContext } from 'svelte'
import type { ErrorCode } from '../generated/bindings'

type Explain = (code: ErrorCode) => void
const key = Symbol('explain')

export const provideExplain = (explain: Explain): Explain => setContext(key, explain)
export const explainer = (): Explain | undefined => getContext<Explain | undefined>(key)
