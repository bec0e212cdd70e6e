// Pieces of another direction in a text: a site, an account or a command keeps its own order of letters, and does not
// pull the punctuation around it along.

/** A value of a direction that nobody knows beforehand, such as the name of an account. */
export const isolate = (value: string): string => `\u2068${value}\u2069`

/** What runs from left to right in any language: commands, paths, codes. */
export const ltr = (value: string): string => `\u2066${value}\u2069`
