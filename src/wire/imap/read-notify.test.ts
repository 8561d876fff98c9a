import { describe, expect, test } from 'vitest';
import { expectNotify } from './read-notify.ts';
import { read } from './read.ts';

const together = ['MessageNew', 'MessageExpunge'];

describe('notify', () => {
  for (const [text, groups] of [
    [' SET (personal NONE)', [{ kind: 'personal', events: [], items: [], unknown: [] }]],
    [
      ' set (SELECTED (messagenew (uid Flags) MESSAGEEXPUNGE))',
      [{ kind: 'selected', events: together, items: ['uid', 'flags'], unknown: [] }],
    ],
    [
      ' SET (subtree "a b" (MailboxName x-Thing)) (mailboxes (inbox b) (MessageExpunge MessageNew FlagChange))',
      [
        { kind: 'subtree', names: ['a b'], events: ['MailboxName'], items: [], unknown: ['x-Thing'] },
        {
          kind: 'mailboxes',
          names: ['INBOX', 'b'],
          events: ['MessageExpunge', 'MessageNew', 'FlagChange'],
          items: [],
          unknown: [],
        },
      ],
    ],
  ] as const) {
    test(text, () => {
      const result = read(text, expectNotify);
      if (!result.ok || result.value.kind !== 'set') throw new Error('not read');
      const found = result.value.groups.map(({ filter, events, newItems, unknown }) => {
        const items = newItems.map(({ kind }) => kind);
        return { ...filter, events: [...events], items, unknown };
      });
      expect(found).toEqual(groups);
      expect(result.value.status).toBe(false);
    });
  }

  test('STATUS is no filter', () => {
    const result = read(' SET STATUS (inboxes NONE)', expectNotify);
    expect(result.ok && result.value.kind === 'set' && result.value.status).toBe(true);
  });

  for (const [text, expected, at] of [
    [' ALL', 'SET or NONE', 1],
    [' SET (selected NONE)(personal NONE)', 'end of command', 20],
    [' SET (personal (MessageNew))', 'MessageNew and MessageExpunge together', 15],
    [' SET (selected (SubscriptionChange))', 'event of messages', 16],
    [' SET (selected NONE) (selected NONE)', 'one group for the selected mailbox', 21],
    [' SET (mailboxes (a (b)) NONE)', 'atom or string', 19],
  ] as const) {
    test(`${text} is wrong`, () => {
      expect(read(text, expectNotify)).toEqual({ ok: false, error: { kind: 'malformed', expected, at } });
    });
  }
});
