import { expect, test } from 'vitest';
import type { Relay } from '../../relay/relay.ts';
import { CurrentRelay } from './current-relay.ts';

/** Notes what happens to it; deliveries end when they are let go. */
function noted(name: string, notes: string[]): Relay & { letGo(): void } {
  const gate = Promise.withResolvers<void>();
  return {
    async deliver() {
      notes.push(`${name} begins`);
      await gate.promise;
      notes.push(`${name} ends`);
    },
    close: () => Promise.resolve(void notes.push(`${name} closes`)),
    letGo: () => gate.resolve(),
  };
}

// The relays above look at none of it.
const batch = [{}, () => Promise.resolve(), new AbortController().signal] as unknown as Parameters<Relay['deliver']>;

test('what is under way ends with the relay that it began with, which is closed after it', async () => {
  const notes: string[] = [];
  const [one, two] = [noted('one', notes), noted('two', notes)];
  const relay = new CurrentRelay(one);
  const first = relay.deliver(...batch);
  relay.use(two);
  const second = relay.deliver(...batch);
  two.letGo();
  await second;
  expect(notes).toEqual(['one begins', 'two begins', 'two ends']);
  one.letGo();
  await first;
  await expect.poll(() => notes.slice(3)).toEqual(['one ends', 'one closes']);
  await relay.close();
  expect(notes.slice(5)).toEqual(['two closes']);
});

test('closing waits for those that were replaced', async () => {
  const notes: string[] = [];
  const [one, two] = [noted('one', notes), noted('two', notes)];
  const relay = new CurrentRelay(one);
  const first = relay.deliver(...batch);
  relay.use(two);
  const closed = relay.close();
  one.letGo();
  await Promise.all([first, closed]);
  expect(notes).toContain('one closes');
  expect(notes).toContain('two closes');
});
