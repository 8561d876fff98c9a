/** Orders of a mailbox: SORT and THREAD, at 10,000 and 100,000 messages. */
import { filledMailboxes, type FilledMailbox } from './filled-mailboxes.ts';
import type { Scenario } from '../scenario.ts';

/** Repeated on one connection; the first of a series is thrown away. The answer is one line, so an operation is a command. */
function order(size: FilledMailbox, name: string, command: string): Scenario {
  return {
    name: `${name}-${size.suffix}`,
    title: `${command} of all`,
    quick: size.quick,
    prepare: (bench) => bench.fill(size.mailbox, bench.count(size.messages)),
    run: (bench) =>
      bench.withImap(async (client) => {
        const ops = 3;
        const { untagged } = await client.must(command);
        if (untagged === 0) throw new Error(`no answer to ${command}`);
        const stop = await bench.startClock();
        for (let i = 0; i < ops; i++) await client.must(command);
        const taken = stop();
        return { ops, ...taken, figures: { ms: (taken.seconds / ops) * 1000 } };
      }, size.mailbox),
  };
}

export const imapOrderScenarios: readonly Scenario[] = filledMailboxes.flatMap((size) => [
  order(size, 'sort-date', 'SORT (DATE) UTF-8 ALL'),
  order(size, 'sort-subject', 'SORT (SUBJECT) UTF-8 ALL'),
  order(size, 'thread-references', 'THREAD REFERENCES UTF-8 ALL'),
  order(size, 'thread-refs', 'THREAD REFS UTF-8 ALL'),
  order(size, 'thread-subject', 'THREAD ORDEREDSUBJECT UTF-8 ALL'),
]);
