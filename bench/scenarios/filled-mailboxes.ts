/** A mailbox that scenarios share: filled once, then only read. */
export interface FilledMailbox {
  readonly mailbox: string;
  readonly messages: number;
  /** Ends the names of its scenarios. */
  readonly suffix: string;
  readonly quick: boolean;
}

export const tenThousand: FilledMailbox = { mailbox: 'bench-10k', messages: 10_000, suffix: '10k', quick: true };
export const hundredThousand: FilledMailbox = {
  mailbox: 'bench-100k',
  messages: 100_000,
  suffix: '100k',
  quick: false,
};

export const filledMailboxes: readonly FilledMailbox[] = [tenThousand, hundredThousand];
