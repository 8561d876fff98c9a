import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { printMailParams, readMailParams } from './mail-params.ts';
import type { MailParams } from './mail-params.ts';
import { printRcptParams, readRcptParams } from './rcpt-params.ts';
import type { RcptParams } from './rcpt-params.ts';
import { parseXtext, printXtext } from './xtext.ts';

describe('parameters of MAIL', () => {
  for (const [text, want] of [
    ['', {}],
    [' SIZE=100 BODY=8BITMIME', { sizeBytes: 100, body: '8BITMIME' }],
    ['  size=0  smtputf8', { sizeBytes: 0, smtpUtf8: true }],
    [' BODY=binarymime REQUIRETLS', { body: 'BINARYMIME', requireTls: true }],
    [' AUTH=<>', { auth: '' }],
    [' AUTH=e+3Dmc2@example.com', { auth: 'e=mc2@example.com' }],
    [' RET=hdrs ENVID=QQ+2B314', { ret: 'HDRS', envid: 'QQ+314' }],
    [' HOLDFOR=60', { holdForSeconds: 60 }],
    [' HOLDUNTIL=2026-12-01T00:00:00Z', { holdUntilMs: Date.UTC(2026, 11, 1) }],
  ] as const) {
    test(JSON.stringify(text), () => expect(readMailParams(text)).toEqual({ ok: true, value: want }));
  }
  for (const [text, kind, keyword] of [
    ['SIZE=1', 'malformed', ''],
    [' SIZE=1 SIZE=1', 'duplicate', 'SIZE'],
    [' SIZE=1 size=2', 'duplicate', 'SIZE'],
    [' FOO', 'unknown', 'FOO'],
    [' FOO=', 'malformed', ''],
    [' =1', 'malformed', ''],
    [' SIZE', 'bad-value', 'SIZE'],
    [' SIZE=-1', 'bad-value', 'SIZE'],
    [' SIZE=123456789012345678901', 'bad-value', 'SIZE'],
    [' BODY=9BIT', 'bad-value', 'BODY'],
    [' SMTPUTF8=1', 'bad-value', 'SMTPUTF8'],
    [' AUTH=a+b', 'bad-value', 'AUTH'],
    [' RET=SOME', 'bad-value', 'RET'],
    [' ENVID=a+0Ab', 'bad-value', 'ENVID'],
    [` ENVID=${'a'.repeat(101)}`, 'bad-value', 'ENVID'],
    [' HOLDFOR=0', 'bad-value', 'HOLDFOR'],
    [' HOLDUNTIL=2026-13-01T00:00:00Z', 'bad-value', 'HOLDUNTIL'],
    [Array.from({ length: 40 }, (_, i) => ` X${i}`).join(''), 'unknown', 'X0'],
  ] as const) {
    test(`refuses ${JSON.stringify(text.slice(0, 40))}`, () =>
      expect(readMailParams(text)).toEqual({ ok: false, error: { kind, keyword } }));
  }

  test('parse(print(x)) is x', () => {
    const printable = fc.string({ minLength: 1, maxLength: 30, unit: 'grapheme-ascii' });
    const params: fc.Arbitrary<MailParams> = fc.record(
      {
        sizeBytes: fc.nat(),
        body: fc.constantFrom('7BIT', '8BITMIME', 'BINARYMIME'),
        smtpUtf8: fc.constant(true),
        requireTls: fc.constant(true),
        auth: printable,
        ret: fc.constantFrom('FULL', 'HDRS'),
        envid: printable,
        holdForSeconds: fc.integer({ min: 1, max: 999_999_999 }),
        holdUntilMs: fc.nat().map((seconds) => seconds * 1000),
      },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(params, (value) => {
        expect(readMailParams(printMailParams(value))).toEqual({ ok: true, value });
      }),
    );
  });
});

describe('parameters of RCPT', () => {
  for (const [text, want] of [
    [' NOTIFY=never', { notify: ['NEVER'] }],
    [' NOTIFY=SUCCESS,FAILURE,DELAY', { notify: ['SUCCESS', 'FAILURE', 'DELAY'] }],
    [' ORCPT=rfc822;a+2Bb@example.org', { originalRecipient: { type: 'rfc822', address: 'a+b@example.org' } }],
    [' ORCPT=UTF-8;\\x{E9}@example.org', { originalRecipient: { type: 'utf-8', address: 'é@example.org' } }],
  ] as const) {
    test(text, () => expect(readRcptParams(text)).toEqual({ ok: true, value: want }));
  }
  for (const text of [
    ' NOTIFY=',
    ' NOTIFY=NEVER,SUCCESS',
    ' NOTIFY=SUCCESS,SUCCESS',
    ' NOTIFY=SUCCESS,FAILURE,DELAY,DELAY,DELAY',
    ' NOTIFY=SOMETIMES',
    ' ORCPT=a@example.org',
    ' ORCPT=rfc822;',
    ' ORCPT=rfc822;a+0D+0Ab',
    ' ORCPT=utf-8;\\x{D800}',
    ` ORCPT=rfc822;${'a'.repeat(500)}`,
    ' SIZE=1',
  ]) {
    test(`refuses ${text.slice(0, 40)}`, () => expect(readRcptParams(text).ok).toBe(false));
  }

  test('parse(print(x)) is x', () => {
    const params: fc.Arbitrary<RcptParams> = fc.record(
      {
        notify: fc.constantFrom(['NEVER'] as const, ['SUCCESS', 'DELAY'] as const),
        originalRecipient: fc.record({
          type: fc.constantFrom('rfc822', 'utf-8'),
          address: fc.string({ minLength: 1, maxLength: 30, unit: 'grapheme-ascii' }),
        }),
      },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(params, (value) => {
        expect(readRcptParams(printRcptParams(value))).toEqual({ ok: true, value });
      }),
    );
  });
});

test('xtext: parse(print(x)) is x', () => {
  fc.assert(
    fc.property(fc.uint8Array(), (octets) => {
      const text = Buffer.from(octets).toString('latin1');
      expect(parseXtext(printXtext(text))).toEqual({ ok: true, value: text });
    }),
  );
});
