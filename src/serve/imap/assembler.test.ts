import { describe, expect, test } from 'vitest';
import { CommandAssembler, type AssemblyLimits } from './assembler.ts';

const limits: AssemblyLimits = { lineBytes: 100, literalBytes: 10, allLiteralBytes: 15, literals: 3 };

/** Plays lines and literals (octets after the line that announces them) and tells how it ends. */
function play(...parts: readonly string[]): string {
  const assembler = new CommandAssembler();
  for (let at = 0; at < parts.length; at++) {
    const step = assembler.addLine(parts[at] ?? '', limits);
    if (step.kind === 'complete') return `complete: ${step.text}`;
    if (step.kind === 'too-big') return `too big after: ${assembler.take().slice(0, 20)}`;
    assembler.beginLiteral();
    assembler.addOctets(Buffer.from(parts[++at] ?? '', 'latin1'));
  }
  return 'waiting';
}

describe('commands out of lines and literals', () => {
  for (const [name, parts, want] of [
    ['a line', ['a NOOP'], 'complete: a NOOP'],
    ['an empty line', [''], 'complete: '],
    ['a literal', ['a X {3}', 'abc', ''], 'complete: a X {3}\r\nabc'],
    ['a literal with more after it', ['a X {3+}', 'a\0c', ' y'], 'complete: a X {3+}\r\na\0c y'],
    ['an empty literal', ['a X {0}', '', ' y'], 'complete: a X {0}\r\n y'],
    ['two literals', ['a X {3}', 'abc', ' {2}', 'de', ''], 'complete: a X {3}\r\nabc {2}\r\nde'],
    ['a literal that looks like one', ['a X {3}', '{9}', ''], 'complete: a X {3}\r\n{9}'],
    ['no literal: a quoted brace', ['a X "{3}"'], 'complete: a X "{3}"'],
    ['no literal: a sign', ['a X {-3}'], 'complete: a X {-3}'],
    ['waits for what comes', ['a X {3}', 'abc'], 'waiting'],
    ['a long line', ['a X '.padEnd(101, 'x')], 'too big after: a X xxxxxxxxxxxxxxxx'],
    [
      'long lines together',
      ['a'.repeat(60).concat(' {1}'), 'b', 'c'.repeat(60)],
      'too big after: aaaaaaaaaaaaaaaaaaaa',
    ],
    ['a large literal', ['a X {11}'], 'too big after: a X {11}'],
    ['large literals together', ['a X {10}', '0123456789', ' {6}'], 'too big after: a X {10}\r\n0123456789'],
    ['many literals', ['a {1}', 'b', '{1}', 'b', '{1}', 'b', '{1}'], 'too big after: a {1}\r\nb{1}\r\nb{1}\r\nb'],
    ['a literal of astronomic size', [`a {${'9'.repeat(100)}}`], 'too big after: a {99999999999999999'],
  ] as [string, string[], string][]) {
    test(name, () => expect(play(...parts)).toBe(want));
  }

  test('a message may follow the first four literals only', () => {
    const assembler = new CommandAssembler();
    const is = (head: string): boolean => head.startsWith('a APPEND ');
    assembler.addLine('a APPEND {1}', limits);
    expect(assembler.beforeMessage(is)).toBe('a APPEND {1}');
    assembler.beginLiteral();
    assembler.addOctets(Buffer.from('b'));
    assembler.addLine(' {1}', limits);
    expect(assembler.beforeMessage(is)).toBe('a APPEND {1}\r\nb {1}');
    expect(assembler.beforeMessage(() => false)).toBeUndefined();
    for (let more = 0; more < 3; more++) {
      assembler.beginLiteral();
      assembler.addOctets(Buffer.from('b'));
      assembler.addLine(' {1}', limits);
    }
    expect(assembler.beforeMessage(is)).toBeUndefined();
  });
});
