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
/** Makes marks of values before frames and transfer checks see the message. */
export const ENCODING = 5
/** Posts what waits, then a message alone; delays what arrives behind a frame. */
export const FRAMES = 6
export const BATCHES = 7
/** Sees all that is transferred, whatever else has found it. */
export const TRANSFER_CHECKS = 8
/** Features whose place makes no difference. */
export const ANYWHERE = 9
