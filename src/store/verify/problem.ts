/** Something that is not as it must be. */
export interface Problem {
  /** The rule that is broken, as a fixed word: `counts`, `uid`, `modseq`, `reference`, `blob-missing`, `blob-hash`, … */
  readonly rule: ProblemRule;
  /** Where: account, mailbox, message, with their numbers. */
  readonly where: string;
  readonly found: string;
  /** `posthorn repair` can mend it, from what is still there. */
  readonly repairable: boolean;
}

export type ProblemRule =
  | 'database'
  | 'counts'
  | 'uid'
  | 'modseq'
  | 'reference'
  | 'size'
  | 'orphan'
  | 'quota'
  | 'blob-missing'
  | 'blob-hash'
  | 'search-index'
  | 'threading'
  | 'usual-fields';
