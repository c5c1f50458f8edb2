/** A line is the warning of a peer that a busy machine starts late. */
export declare const isLate: (text: string) => boolean
