import { describe, expect, test } from 'vitest';
import type { Sink } from '../../../base/conversation.ts';
import { baseSubject } from '../../../mime/base-subject.ts';
import { Reply } from '../respond.ts';
import { orderForest } from './forest.ts';
import { mergeSubjects } from './merge-subjects.ts';
import { ThreadLinks } from './thread-links.ts';
import { writeThreads } from './write-threads.ts';

/** That of message `7`, or of `x`, which no message has. */
const idOf = (text: string): number => (/\d/.test(text) ? Number(text) : 1_000_000 + text.charCodeAt(0));

/** Messages in order of date, numbered from 1: what they refer to, and their subject. */
async function thread(messages: readonly (readonly [references: string, subject: string])[]): Promise<string> {
  const links = new ThreadLinks(messages.length);
  const order = messages.map(([references], at) => links.add(at, at + 1, references === '' ? [] : [idOf(references)]));
  await links.prune(() => undefined);
  const keys = messages.map(([, subject]) => baseSubject(subject));
  const texts = ['', ...new Set(keys.map(({ text }) => text).filter((text) => text !== ''))];
  const subjects = {
    ids: Float64Array.from(keys, ({ text }) => texts.indexOf(text)),
    replies: Uint8Array.from(keys, ({ isReplyOrForward }) => (isReplyOrForward ? 1 : 0)),
  };
  const turn = (): undefined => undefined;
  const shape = { parents: links.parents, messages: links.messages, order };
  await mergeSubjects(links, await orderForest(shape, turn), subjects, turn);
  let said = '';
  const parts: Partial<Sink<never>> = { write: (data) => void (said += String(data)), pendingBytes: 0, closed: false };
  // The rest of a sink is for conversations; a reply only writes.
  const reply = new Reply(parts as Sink<never>);
  await writeThreads(reply, await orderForest(shape, turn), (node) => {
    const message = links.messages[node] ?? -1;
    return message < 0 ? undefined : message + 1;
  });
  return said.slice('* THREAD '.length).trimEnd();
}

describe('threads with the same base subject', () => {
  const cases: readonly (readonly [string, readonly (readonly [string, string])[], string])[] = [
    [
      'an answer goes below what it answers',
      [
        ['', 'a'],
        ['', 'Re: a'],
      ],
      '(1 2)',
    ],
    [
      'also when it is older',
      [
        ['', 'Re: a'],
        ['', 'a'],
      ],
      '(2 1)',
    ],
    [
      'two that answer nothing stand side by side',
      [
        ['', 'a'],
        ['', 'A'],
      ],
      '((1)(2))',
    ],
    [
      'so do two answers',
      [
        ['', 'Re: a'],
        ['', 'Fwd: a'],
      ],
      '((1)(2))',
    ],
    [
      'a third joins them',
      [
        ['', 'a'],
        ['', 'a'],
        ['', '[list] a'],
        ['', 'Re: a'],
      ],
      '((1)(2)(3)(4))',
    ],
    [
      'no subject, no thread',
      [
        ['', ''],
        ['', 'Re:'],
      ],
      '(1)(2)',
    ],
    [
      'a message joins those whose parent is gone',
      [
        ['x', 'a'],
        ['x', 'a'],
        ['', 'a'],
      ],
      '((1)(2)(3))',
    ],
    [
      'and is joined when it is older',
      [
        ['', 'a'],
        ['x', 'a'],
        ['x', 'a'],
      ],
      '((1)(2)(3))',
    ],
    [
      'two of these become one',
      [
        ['x', 'a'],
        ['x', 'b'],
        ['y', 'a'],
        ['y', 'b'],
      ],
      '((1)(2)(3)(4))',
    ],
    [
      'a lone child of what is gone stands for itself',
      [
        ['x', 'a'],
        ['', 'b'],
      ],
      '(1)(2)',
    ],
    [
      'what is below does not count',
      [
        ['', 'a'],
        ['1', 'b'],
        ['', 'b'],
      ],
      '(1 2)(3)',
    ],
    [
      'a chain and a fork',
      [
        ['', 'a'],
        ['1', 'Re: a'],
        ['2', 'Re: a'],
        ['2', 'Re: a'],
        ['4', 'Re: a'],
      ],
      '(1 2 (3)(4 5))',
    ],
  ];
  for (const [name, messages, want] of cases) {
    test(name, async () => expect(await thread(messages)).toBe(want));
  }

  test('a chain of fifty thousand is told without recursion', async () => {
    const said = await thread(Array.from({ length: 50_000 }, (_each, i) => [i === 0 ? '' : String(i), 'a']));
    expect(said).toBe(`(${Array.from({ length: 50_000 }, (_each, i) => i + 1).join(' ')})`);
  });
});
