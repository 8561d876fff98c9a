import type { Model } from './model.ts';

/** Compares a STATUS response with what the mailbox was since then, as far as it says. */
export function checkStatus(model: Model, response: string, since: number): void {
  const id = /MAILBOXID \(F(\d+)\)/.exec(response)?.[1];
  const name = /^\* STATUS (".*"|\S+) \(/.exec(response)?.[1];
  if (name === undefined) return;
  const value = (item: string): number | undefined => {
    const text = new RegExp(`${item} (\\d+)`).exec(response)?.[1];
    return text === undefined ? undefined : Number(text);
  };
  model.later(() => {
    const mailboxes = [...model.mailboxes.values()].filter((each) => id === undefined || each.id === Number(id));
    const fits = mailboxes.some((mailbox) =>
      mailbox.countsSince(since).some(({ modseq, total, uidNext, unseen }) => {
        const is = (item: string, real: number): boolean => (value(item) ?? real) === real;
        return (
          is('MESSAGES', total) &&
          is('UIDNEXT', uidNext) &&
          is('UNSEEN', unseen) &&
          (value('HIGHESTMODSEQ') ?? modseq) >= modseq
        );
      }),
    );
    if (!fits) throw new Error(`never was so since ${since}: ${response}`);
  });
}
