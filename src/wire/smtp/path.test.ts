import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parsePath, printPath } from './path.ts';

describe('parsePath', () => {
  for (const [text, localPart, domain] of [
    ['<a@example.org>', 'a', 'example.org'],
    ['<A.b+c@EXAMPLE.org>', 'A.b+c', 'example.org'],
    ['<"a b"@example.org>', 'a b', 'example.org'],
    ['<"a"@example.org>', 'a', 'example.org'],
    ['<"a\\"\\\\\\b"@example.org>', 'a"\\b', 'example.org'],
    ['<""@example.org>', '', 'example.org'],
    ['<"a@b"@example.org>', 'a@b', 'example.org'],
    ['<@one.example,@two.example:a@example.org>', 'a', 'example.org'],
    ['<a@[127.0.0.1]>', 'a', '[127.0.0.1]'],
    ['<a@[IPv6:2001:DB8::1]>', 'a', '[IPv6:2001:db8::1]'],
    ['<a@[ipv6:::ffff:1.2.3.4]>', 'a', '[IPv6:::ffff:1.2.3.4]'],
    ['<a@[X-tag:abc]>', 'a', '[x-tag:abc]'],
    ['<postmaster>', 'postmaster', ''],
    ['<PostMaster>', 'postmaster', ''],
    ['<pelé@example.org>', 'pelé', 'example.org'],
    ['<pele\u0301@example.org>', 'pelé', 'example.org'],
    ['<"pele\u0301"@example.org>', 'pelé', 'example.org'],
    ['<a@Bücher.example>', 'a', 'xn--bcher-kva.example'],
    ['<a@xn--bcher-kva.example>', 'a', 'xn--bcher-kva.example'],
    ['<😀@example.org>', '😀', 'example.org'],
  ] as const) {
    test(text, () => {
      const got = parsePath(text);
      expect(got).toMatchObject({ ok: true, value: { address: { localPart, domain }, end: text.length } });
    });
  }

  test('the null path', () =>
    expect(parsePath('<> X')).toMatchObject({ ok: true, value: { address: undefined, end: 2 } }));

  for (const text of [
    '',
    'a@example.org',
    '<',
    '<a',
    '<a>',
    '<a@',
    '<a@>',
    '<@example.org>',
    '<a@example.org',
    '<a@example.org.>',
    '<a@.example.org>',
    '<a@ex_ample.org>',
    '<a@example..org>',
    '<.a@example.org>',
    '<a.@example.org>',
    '<a..b@example.org>',
    '<a b@example.org>',
    '<"a@example.org>',
    '<"a\\"@example.org>',
    '<"a"b@example.org>',
    '<a@b@example.org>',
    '<a@[127.0.0.256]>',
    '<a@[127.0.0]>',
    '<a@[IPv6:1::2::3]>',
    '<a@[IPv6:12345::]>',
    '<a@127.0.0.1>',
    '<a@[>',
    '<@one.example:>',
    '<@one.example,:a@example.org>',
    '<(comment)a@example.org>',
    `<${'a'.repeat(129)}@example.org>`,
    `<${'é'.repeat(65)}@example.org>`,
    `<${'a'.repeat(64)}@${'a.'.repeat(100)}example>`,
    `<${'@a.example,'.repeat(30)}@b.example:a@example.org>`,
  ]) {
    test(`refuses ${text.slice(0, 60)}`, () => expect(parsePath(text).ok).toBe(false));
  }

  test('knows which paths need SMTPUTF8', () => {
    for (const [text, utf8] of [
      ['<a@example.org>', false],
      ['<a@xn--bcher-kva.example>', false],
      ['<é@example.org>', true],
      ['<a@bücher.example>', true],
    ] as const) {
      expect(parsePath(text)).toMatchObject({ ok: true, value: { utf8 } });
    }
  });

  test('hostile lengths are refused in linear time', () => {
    for (const text of [
      `<${'a.'.repeat(200_000)}`,
      `<"${'\\"'.repeat(200_000)}`,
      `<${'@a,'.repeat(200_000)}`,
      `<a@[${'1.'.repeat(200_000)}`,
    ]) {
      expect(parsePath(text).ok).toBe(false);
    }
  });
});

test('parse(print(x)) is x', () => {
  const localPart = fc
    .string({
      unit: fc.constantFrom('a', 'B', '.', '"', '\\', ' ', '@', '<', '>', 'é', '😀', '+', ',', ':', '('),
      maxLength: 20,
    })
    .map((text) => text.normalize('NFC'));
  const domain = fc.constantFrom('example.org', 'xn--bcher-kva.example', '[1.2.3.4]', '[IPv6:2001:db8::1]');
  fc.assert(
    fc.property(fc.option(fc.record({ localPart, domain }), { nil: undefined }), (address) => {
      const text = printPath(address);
      expect(parsePath(text)).toMatchObject({ ok: true, value: { address, end: text.length } });
    }),
  );
});

test('never throws', () => {
  fc.assert(fc.property(fc.uint8Array(), (octets) => void parsePath(`<${Buffer.from(octets).toString('utf16le')}`)));
});

const vectors = join(import.meta.dirname, '../../../../shared/vectors/isemail');
test.skipIf(!existsSync(vectors))('agrees with isemail on what RFC 5321 allows (skipped without ../shared)', () => {
  const wrong: string[] = [];
  let checked = 0;
  for (const file of ['tests.xml', 'tests-original.xml']) {
    for (const [, block = ''] of readFileSync(join(vectors, file), 'utf8').matchAll(/<test [^>]*>([^]*?)<\/test>/g)) {
      const address = /<address>([^]*?)<\/address>/.exec(block)?.[1];
      const category = /<category>(.*)<\/category>/.exec(block)?.[1] ?? '';
      const diagnosis = /<diagnosis>(.*)<\/diagnosis>/.exec(block)?.[1] ?? '';
      if (address === undefined) continue;
      checked++;
      const valid = ['ISEMAIL_VALID_CATEGORY', 'ISEMAIL_DNSWARN', 'ISEMAIL_RFC5321'].includes(category);
      const text = `<${unescape(address)}>`;
      const got = parsePath(text);
      const accepted = got.ok && got.value.end === text.length && got.value.address !== undefined;
      if (accepted !== valid && !deliberate.has(diagnosis) && !deliberate.has(address))
        wrong.push(`${address} ${category} ${diagnosis}`);
    }
  }
  expect(checked).toBeGreaterThan(400);
  expect(wrong).toEqual([]);
});

/** Where isemail and we differ, and why. */
const deliberate = new Map([
  ['ISEMAIL_RFC5321_TLDNUMERIC', 'a number is no top-level domain: it would be an IPv4 address without brackets'],
  ['ISEMAIL_RFC5322_LOCAL_TOOLONG', 'local parts up to 128 octets are in use'],
  ['ISEMAIL_RFC5321_IPV6DEPRECATED', '"::" for a single group is read (RFC 4291), though not to be written'],
  ['test@[1111:2222:3333:4444:5555:6666:7777:8888]', 'in the grammar of General-address-literal, with the tag "1111"'],
  ['first.last@[IPv5:::12.34.56.78]', 'in the grammar of General-address-literal'],
  ['test@xn--example.com', 'not punycode'],
]);

function unescape(text: string): string {
  return text
    .replace(/&#x([0-9A-Fa-f]+);/g, (_, hex: string) => String.fromCodePoint(Number.parseInt(hex, 16)))
    .replace(/[\u2400-\u241f]/g, (c) => String.fromCharCode(c.charCodeAt(0) - 0x2400))
    .replace(/&lt;/g, '<')
    .replace(/&gt;/g, '>')
    .replace(/&quot;/g, '"')
    .replace(/&apos;/g, "'")
    .replace(/&amp;/g, '&');
}
