/** One set of uids, as ranges that are ascending, do not touch and do not overlap. */
export type UidRanges = readonly (readonly [first: number, last: number])[];
