/**
 * Where the wrappers of features stand around the kernel, the outermost first. Features of users come before all of them.
 * Features that are not listed wrap only points whose order makes no difference (`isInUse`, `lost`, `ask`, `diagnose`).
 */

/** `transfer()` as a whole param: unwrapped before anything looks at the params. */
export const UNWRAPPING = 1
/** What users hook in sees errors before they become details. */
export const HOOKS = 2
export const ERROR_DETAILS = 3
/** Hears of each message before anything delays it. */
export const LIVENESS = 4
/** Takes apart what marks cannot be made of. */
export const DEEP = 4.5
/** Makes marks of values before frames and transfer checks see the message. */
export const ENCODING = 5
/** Posts what waits, then a message alone; delays what arrives behind a frame. */
export const FRAMES = 6
/** Whatever comes out of a delay has a budget of its own; the entries of a batch share one. */
export const BUDGET = 7
export const BATCHES = 8
/** Sees all that is transferred, whatever else has found it. */
export const TRANSFER_CHECKS = 9
/** Features whose place makes no difference. */
export const ANYWHERE = 10
