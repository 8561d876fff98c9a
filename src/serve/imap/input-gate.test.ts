import { expect, test } from 'vitest';
import { InputGate, type GateInput } from './input-gate.ts';

const line = (text: string): GateInput => ({ kind: 'line', line: Buffer.from(text), bareLf: false });

/** A command that collects lines until it gets `end`. */
async function command(gate: InputGate, got: string[]): Promise<void> {
  try {
    for (;;) {
      const input = await gate.next();
      if (input.kind !== 'line') return;
      got.push(Buffer.from(input.line).toString());
      if (got.at(-1) === 'end') return;
    }
  } catch (error) {
    got.push(`failed: ${error instanceof Error ? error.message : ''}`);
  }
}

function start(gate: InputGate, got: string[]): Promise<void> {
  const turn = gate.newTurn();
  void command(gate, got).then(() => gate.endTurn());
  return turn;
}

test('a turn ends when the command waits, and when it is done', async () => {
  const gate = new InputGate();
  const got: string[] = [];
  await start(gate, got);
  expect(gate.waiting).toBe(true);
  await gate.open(line('one'));
  expect(got).toEqual(['one']);
  await gate.open(line('end'));
  expect(got).toEqual(['one', 'end']);
  expect(gate.waiting).toBe(false);
});

test('a command that waits can be made to fail, once', async () => {
  const gate = new InputGate();
  const got: string[] = [];
  await start(gate, got);
  await gate.fail(new Error('gone'));
  expect(got).toEqual(['failed: gone']);
  await gate.fail(new Error('again'));
  expect(got).toEqual(['failed: gone']);
});

test('a bug in a command is a failed turn', async () => {
  const gate = new InputGate();
  const turn = gate.newTurn();
  gate.endTurn(new Error('bug'));
  await expect(turn).rejects.toThrow('bug');
});
