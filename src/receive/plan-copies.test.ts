import { expect, test } from 'vitest';
import { parseHeader } from '../mime/parse-header.ts';
import { planCopies } from './plan-copies.ts';
import { TestDirectory } from './test-directory.ts';

const clock = { now: () => 5 };

function plan(directory: TestDirectory, names: readonly string[], header = 'From: ann@example.org\r\n') {
  return planCopies(
    { directory, clock },
    {
      header: parseHeader(`${header}\r\n`),
      ...{ prefix: 'DKIM-Signature: x\r\n', returnPath: 'änn@example.org' },
      recipients: names.map((recipient) => ({ recipient, notify: undefined, originalRecipient: undefined })),
    },
  );
}

test('each account gets its copy, with what a try puts in front of it', () => {
  const directory = new TestDirectory();
  directory.setAccount('cat', { quotaBytes: 9 });
  const trace = 'Return-Path: <Ã¤nn@example.org>\r\nDKIM-Signature: x\r\n';
  expect(plan(directory, ['bob@example.org', 'cat@example.org'])).toEqual(
    ['bob', 'cat'].map((name, n) => [
      {
        ...{ accountId: n + 2, mailbox: { name: 'INBOX', orInbox: true }, flags: 0, keywords: [], receivedAtMs: 5 },
        ...{ marksAttachments: true },
        prefix: `Delivered-To: ${name}@example.org\r\n${trace}`,
        ...(name === 'cat' ? { quotaBytes: 9 } : {}),
      },
    ]),
  );
});

test('members of an alias get one each but its author, who may be the only one', () => {
  const directory = new TestDirectory();
  directory.aliases.set('all', { members: ['ann', 'bob', 'cat'] });
  directory.aliases.set('me', { members: ['ann'] });
  const planned = plan(directory, ['bob@example.org', 'all@example.org', 'me@example.org']);
  expect(planned.map((copies) => copies?.map(({ accountId }) => accountId))).toEqual([[2], [3], []]);
});

test('a try must answer for who is refused, who is no address, and what goes round in circles', () => {
  const directory = new TestDirectory();
  directory.aliases.set('closed', { members: ['bob'] });
  const names = ['nobody@example.org', 'no address', 'x@disabled.example', 'closed@example.org', 'bob@example.org'];
  const [...planned] = plan(directory, names);
  expect(planned.map((copies) => copies?.length)).toEqual([undefined, undefined, undefined, undefined, 1]);
  expect(plan(directory, ['bob@example.org'], 'Received: again\r\n'.repeat(101))).toEqual([undefined]);
});

test('who is named twice shares a copy: that is for a try as well', () => {
  expect(plan(new TestDirectory(), ['bob@example.org', 'bob@example.org'])).toEqual([undefined, undefined]);
});
