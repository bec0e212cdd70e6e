// What is open on the page of help.
import type { ErrorCode } from '../generated/bindings'

export type Topic = { section: 'loss' } | { section: 'tips' } | { section: 'errors'; code?: ErrorCode }
