import { describe, expect, test } from 'vitest';
import { allowsHost, parsePolicy } from './policy.ts';
import { findPolicyId } from './txt-record.ts';

describe('the TXT record', () => {
  test.each<[string, readonly string[], string | undefined]>([
    ['of the RFC', ['v=STSv1; id=20160831085700Z;'], '20160831085700Z'],
    ['without the last semicolon', ['v=STSv1;id=a'], 'a'],
    ['with spaces', ['v=STSv1 ; id=a ; '], 'a'],
    ['with unknown fields, before and after', ['v=STSv1; x-y.z=1; id=a; other=b'], 'a'],
    ['the first id counts', ['v=STSv1; id=a; id=b'], 'a'],
    ['among others', ['v=spf1 -all', 'v=STSv1; id=a', 'v=STSv12; id=b'], 'a'],
    ['two of them', ['v=STSv1; id=a', 'v=STSv1; id=b'], undefined],
    ['none', [], undefined],
    ['no id', ['v=STSv1; x=y'], undefined],
    ['version only', ['v=STSv1'], undefined],
    ['version in lower case', ['v=stsv1; id=a'], undefined],
    ['version not first', ['id=a; v=STSv1;'], undefined],
    ['an id that is too long', [`v=STSv1; id=${'a'.repeat(33)}`], undefined],
    ['an id with a hyphen', ['v=STSv1; id=a-b'], undefined],
    ['an empty field', ['v=STSv1;; id=a'], undefined],
    ['a field without value', ['v=STSv1; id=a; b'], undefined],
  ])('%s', (_name, records, id) => expect(findPolicyId(records)).toBe(id));
});

describe('the policy', () => {
  const full = 'version: STSv1\r\nmode: enforce\r\nmx: Mail.example.com\r\nmx: *.example.net\r\nmax_age: 604800\r\n';

  test('of the RFC', () => {
    expect(parsePolicy(full)).toEqual({
      ok: true,
      value: { mode: 'enforce', mx: ['mail.example.com', '*.example.net'], maxAgeSeconds: 604_800 },
    });
  });

  test.each<[string, string, object]>([
    [
      'line feeds alone, no end, spaces at the end',
      'version:STSv1 \nmode:\ttesting\nmx: a.example\nmax_age: 1',
      { mode: 'testing' },
    ],
    ['none needs no mx', 'version: STSv1\nmode: none\nmax_age: 0\n', { mode: 'none', mx: [] }],
    ['unknown keys, with any text', `${full}x-new: ä\u{1f600} b\r\n`, { mode: 'enforce' }],
    ['of two modes the first counts', `${full}mode: none\r\n`, { mode: 'enforce' }],
    ['blank lines', full.replace('mode', '\r\nmode') + '\n \n', { mode: 'enforce' }],
    ['a year at most', full.replace('604800', '9999999999'), { maxAgeSeconds: 31_557_600 }],
  ])('%s', (_name, text, want) => expect(parsePolicy(text)).toMatchObject({ ok: true, value: want }));

  test.each<[string, string]>([
    ['nothing', ''],
    ['HTML', '<!DOCTYPE html>\n<html></html>\n'],
    ['no version', full.replace('version: STSv1\r\n', '')],
    ['another version', full.replace('STSv1', 'STSv2')],
    ['unknown mode', full.replace('enforce', 'Enforce')],
    ['no mode', full.replace('mode: enforce\r\n', '')],
    ['no mx', full.replaceAll(/mx: .*\r\n/g, '')],
    ['no max_age', full.replace(/max_age: .*\r\n/, '')],
    ['negative max_age', full.replace('604800', '-1')],
    ['max_age with too many digits', full.replace('604800', '12345678901')],
    ['an address for mx', full.replace('Mail.example.com', '192.0.2.1')],
    ['a star within', full.replace('Mail.example.com', 'a.*.example.com')],
    ['a star alone', full.replace('Mail.example.com', '*')],
    ['carriage returns alone', full.replaceAll('\r\n', '\r')],
    ['too many patterns', `${full}${'mx: a.example\n'.repeat(1000)}`],
  ])('not well-formed: %s', (_name, text) => expect(parsePolicy(text).ok).toBe(false));

  test.each<[string, boolean]>([
    ['mail.example.com', true],
    ['MAIL.example.com', true],
    ['x.mail.example.com', false],
    ['example.com', false],
    ['a.example.net', true],
    ['a.b.example.net', false],
    ['example.net', false],
    ['.example.net', false],
    ['', false],
  ])('host %j: %s', (host, allowed) => {
    const policy = parsePolicy(full);
    expect(policy.ok && allowsHost(policy.value, host)).toBe(allowed);
  });
});
