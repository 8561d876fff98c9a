import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { displayAddress, parseAddress, printAddress } from './address-text.ts';
import { normalizeDomain } from './normalize-domain.ts';

describe('normalizeDomain', () => {
  test('every spelling of a domain is one', () => {
    for (const text of ['Bücher.Example', 'XN--BCHER-KVA.example', 'bu\u{308}cher.example'])
      expect(normalizeDomain(text)).toBe('xn--bcher-kva.example');
  });

  test('address literals and nonsense stay as they are', () => {
    expect(normalizeDomain('[127.0.0.1]')).toBe('[127.0.0.1]');
    expect(normalizeDomain('not a domain')).toBe('not a domain');
  });
});

describe('parseAddress and printAddress', () => {
  test.each([
    ['bob@example.org', 'bob', 'bob@example.org'],
    ['"bob"@example.org', 'bob', 'bob@example.org'],
    ['"b\\ob"@example.org', 'bob', 'bob@example.org'],
    ['"a b"@x.example', 'a b', '"a b"@x.example'],
    ['""@x.example', '', '""@x.example'],
    ['"a\\"b\\\\"@x.example', 'a"b\\', '"a\\"b\\\\"@x.example'],
    ['"a@b"@x.example', 'a@b', '"a@b"@x.example'],
    ['"a..b"@x.example', 'a..b', '"a..b"@x.example'],
    ['Bob.Smith+x@bücher.example', 'Bob.Smith+x', 'Bob.Smith+x@xn--bcher-kva.example'],
    ['ju\u{308}rgen@x.example', 'j\u{fc}rgen', 'j\u{fc}rgen@x.example'],
  ])('%s', (text, localPart, printed) => {
    const parsed = parseAddress(text);
    expect(parsed.ok && parsed.value.localPart).toBe(localPart);
    expect(parsed.ok && printAddress(parsed.value)).toBe(printed);
  });

  test.each([
    'bob',
    '@x.example',
    'a..b@x.example',
    '.a@x.example',
    'a b@x.example',
    '"a"b@x.example',
    '"a@x.example',
    '"a\\"@x.example',
    'a\n@x.example',
    '"a\u{85}"@x.example',
    '\u{d800}@x.example',
    `${'a'.repeat(129)}@x.example`,
    `${'ü'.repeat(65)}@x.example`,
    'a@[1.2.3.4]',
    'a@b@',
    `${'"\\'.repeat(5000)}@x`,
  ])('%j is refused', (text) => expect(parseAddress(text).ok).toBe(false));

  test('parse(print(x)) is x, whatever the local part', () =>
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom(...Array.from('aZ0.+-"\\ @<>()üÅ\u{30a}例')), maxLength: 20 }),
        (text) => {
          const address = { localPart: text.normalize('NFC'), domain: 'example.org' };
          expect(parseAddress(printAddress(address))).toEqual({ ok: true, value: address });
        },
      ),
    ));

  test('never throws, and what is parsed prints and parses to itself', () =>
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: 'binary' }), fc.emailAddress()), (text) => {
        const parsed = parseAddress(text);
        if (parsed.ok) expect(parseAddress(printAddress(parsed.value))).toEqual(parsed);
      }),
    ));

  test('people see U-labels', () => {
    expect(displayAddress('a@xn--bcher-kva.example')).toBe('a@bücher.example');
    expect(displayAddress('@xn--bcher-kva.example')).toBe('@bücher.example');
  });
});
