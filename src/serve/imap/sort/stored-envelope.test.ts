import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseHeader } from '../../../mime/parse-header.ts';
import { printEnvelope } from '../../../mime/print-envelope.ts';
import { parseStoredEnvelope } from './stored-envelope.ts';

const print = (...lines: string[]): string => printEnvelope(parseHeader(`${lines.join('\r\n')}\r\n\r\n`));

test('everything is read back', () => {
  const envelope = print(
    'Date: Mon, 7 Feb 1994 21:52:25 -0800',
    'Subject: a "quoted" \\ thing',
    'From: "Ann \\"A\\"" <ann@example.org>, Bob <bob@example.org>',
    'To: team: c@example.org, d@example.org;',
    'Cc: e@example.org',
    'In-Reply-To: <1@example.org>',
    'Message-ID: <2@example.org>',
  );
  expect(parseStoredEnvelope(envelope)).toEqual({
    subject: 'a "quoted" \\ thing',
    from: { name: 'Ann "A"', mailbox: 'ann', host: 'example.org' },
    to: { name: undefined, mailbox: 'team', host: undefined },
    cc: { name: undefined, mailbox: 'e', host: 'example.org' },
    inReplyTo: '<1@example.org>',
    messageId: '<2@example.org>',
  });
});

test('nothing but NIL', () => {
  expect(parseStoredEnvelope(print('X: y'))).toEqual({
    subject: '',
    from: undefined,
    to: undefined,
    cc: undefined,
    inReplyTo: '',
    messageId: '',
  });
});

test('whatever octets a subject has: 8-bit ones make literals', () => {
  const octets = fc.string({ unit: fc.integer({ min: 33, max: 255 }).map((code) => String.fromCharCode(code)) });
  fc.assert(
    fc.property(octets, octets, (subject, id) => {
      const read = parseStoredEnvelope(
        print(`Subject: ${subject}`, 'From: a@b', `In-Reply-To: ${id}`, 'Message-ID: <x@y>'),
      );
      expect(read.messageId).toBe('<x@y>');
      expect(read.from?.mailbox).toBe('a');
      expect(read.subject).toBe(subject);
      expect(read.inReplyTo).toBe(id);
    }),
  );
});

test('no text makes it throw', () => {
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom('(', ')', '"', '{', '9', '}\r\n', 'NIL', ' ', '\\') }), (text) => {
      expect(parseStoredEnvelope(text)).toHaveProperty('subject');
    }),
  );
});
