// How Arabic writes numbers and counts.
import { formats } from '../formats'

export const { plural, number, list, clock } = formats('ar')
