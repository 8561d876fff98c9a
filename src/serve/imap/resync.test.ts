import { expect, test } from 'vitest';
import { LiveIndex } from '../../store/live-index.ts';
import type { AccountId, MailboxId, ModSeq } from '../../store/ids.ts';
import type { UidRanges } from '../../store/uid-ranges.ts';
import { findVanished } from './resync.ts';
import type { Session } from './session.ts';
import { View } from './view.ts';

const mailboxId = 1 as MailboxId;

/** A session in a mailbox with these uids, whose store remembers that these vanished. */
function scene(uids: readonly number[], vanished: readonly number[], complete: boolean) {
  const index = new LiveIndex(mailboxId, 1 as ModSeq);
  index.apply({
    ...{ kind: 'added', accountId: 1 as AccountId, mailboxId, modseq: 2 as ModSeq, keywords: undefined },
    ...{ uids: Uint32Array.from(uids), emailIds: Float64Array.from(uids), flags: new Uint32Array(uids.length) },
  });
  const store = { vanishedSince: () => Promise.resolve({ uids: Uint32Array.from(vanished), complete }) };
  // Nothing else of the session is asked for.
  const session = { services: { store } } as unknown as Session;
  return (asked: UidRanges) => findVanished(session, new View(index), 1, asked);
}

test('what the store remembers, within what is asked for, in ranges', async () => {
  const vanished = scene([1, 4, 9], [2, 3, 5, 7, 8, 12], true);
  expect(await vanished([[1, 20]])).toEqual([
    [2, 3],
    [5, 5],
    [7, 8],
    [12, 12],
  ]);
  expect(
    await vanished([
      [3, 3],
      [8, 10],
    ]),
  ).toEqual([
    [3, 3],
    [8, 8],
  ]);
  expect(await vanished([])).toEqual([]);
});

test('one that the client is still to be told of is not told as gone before', async () => {
  expect(await scene([1, 2, 3], [2, 4], true)([[1, 9]])).toEqual([[4, 4]]);
});

test('when the store has forgotten, all that is asked for and not there is gone. RFC 7162 section 3.2.5.2', async () => {
  const forgotten = scene([3, 4, 8], [], false);
  expect(await forgotten([[1, 10]])).toEqual([
    [1, 2],
    [5, 7],
    [9, 10],
  ]);
  expect(
    await forgotten([
      [3, 4],
      [6, 8],
    ]),
  ).toEqual([[6, 7]]);
  expect(await scene([], [], false)([[1, 3]])).toEqual([[1, 3]]);
});
