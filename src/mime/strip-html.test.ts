import { expect, test } from 'vitest';
import fc from 'fast-check';
import { decodeEntities } from './html-entities.ts';
import { stripHtml } from './strip-html.ts';

const cases: readonly [string, string, string][] = [
  ['text', 'a  b\r\n c', 'a b c'],
  ['inline elements join', 'a<b>b</b>c <i> d </i>e', 'abc d e'],
  ['blocks are lines', '<p>a</p><p>b<br>c</p><div>d</div>', 'a\nb\nc\nd'],
  ['cells are words', '<tr><td>a</td><td>b</td></tr><tr><td>c</td></tr>', 'a b\nc'],
  ['script and style go', 'a<script>if (x<y) "</p>"</script>b<style>p{}</style >c<STYLE>x</Style>d', 'abcd'],
  ['title goes', '<head><title>x</title></head>a', 'a'],
  ['comments go', 'a<!-- <p>x</p> -->b<!--[if mso]>x<![endif]-->c<!-->d<!--->e', 'abcde'],
  ['doctype, CDATA and the like go', '<!DOCTYPE html><?xml version="1.0"?><![CDATA[x]]>a', 'a'],
  ['quoted > in attributes', '<a title="x > y" href=\'>\'>a</a>', 'a'],
  ['quote that never ends', '<a title="x>a', 'a'],
  ['apostrophe in a tag', "<a don't>a</a>", 'a'],
  ['less-than that is no tag', 'a < b <3 c<', 'a < b <3 c<'],
  ['unclosed tag', 'a<b', 'a'],
  ['self-closing script', 'a<script/>b', 'ab'],
  [
    'entities',
    '&lt;b&gt; &amp;amp; &uuml;&Uuml; &#252;&#xFC; &euro; &nbsp;x &unknown; &',
    '<b> &amp; üÜ üü € x &unknown; &',
  ],
  ['entities without semicolon', 'a&ampb &#65 &copy', 'a&ampb A ©'],
  ['Windows code points', '&#128;&#150;', '€–'],
  ['bad code points', '&#0;&#xD800;&#1114112;', '\ufffd\ufffd\ufffd'],
  ['soft hyphens and padding', 'Donau&shy;dampf\u200bschiff', 'Donaudampfschiff'],
  ['namespaced elements', '<o:p>a</o:p>b', 'ab'],
];
for (const [name, html, want] of cases) test(name, () => expect(stripHtml(html)).toBe(want));

test('stops soon after the wanted length', () => expect(stripHtml('<p>abc</p>'.repeat(1000), 10)).toBe('abc\nabc\nab'));

test('decodeEntities knows the first and the last of its table', () =>
  expect(decodeEntities('&nbsp;&yuml;&quot;&hearts;')).toBe('\u00a0ÿ"♥'));

test('megabytes of hostile markup', () => {
  for (const piece of [
    '<',
    '<a',
    '<!--',
    '<!',
    '<a b="',
    "<a b='",
    '<a b="\'',
    '<script>',
    '</',
    '&',
    '&#',
    '&amp',
    '<style><!--',
    ' ',
    '<a =',
    '"',
    '<td>',
    '<p ',
    '-->',
  ]) {
    const html = piece.repeat(200_000);
    expect(stripHtml(html).length).toBeLessThanOrEqual(html.length);
  }
});

test('any text: well-formed, no longer than before', () => {
  const pieces = fc.constantFrom(
    '<',
    '>',
    '/',
    '!',
    '--',
    '"',
    "'",
    'a',
    ' ',
    'script',
    'p',
    '=',
    '&',
    ';',
    '#',
    '12',
    '<b>',
    '\ud800',
    '\n',
  );
  fc.assert(
    fc.property(fc.array(pieces, { maxLength: 40 }), (parts) => {
      const html = parts.join('');
      const text = stripHtml(html);
      expect(text.isWellFormed()).toBe(true);
      expect(text.length).toBeLessThanOrEqual(html.length);
    }),
    { seed: 12, numRuns: 3000 },
  );
});
