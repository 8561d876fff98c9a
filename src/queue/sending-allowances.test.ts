import { expect, test } from 'vitest';
import type { AccountId } from '../store/ids.ts';
import { SendingAllowances } from './sending-allowances.ts';
import type { SendingAllowance, SendingRefusal } from './sending-allowances.ts';

const account = 7 as AccountId;
const limits = { recipientsPerDay: 5, firstTimeRecipientsPerDay: 3 };
const to = (count: number) => Array.from({ length: count }, (_, n) => `r${n}@one.example`);

/** A store in which so much was sent; reads wait for `answer`, which may be slow. */
function stage(unknown: (count: number) => number = () => 0) {
  const state = { recipients: 0, firstTime: 0, answer: Promise.resolve() };
  const allowances = new SendingAllowances({
    async sent(_account, keys) {
      const read = { recipients: state.recipients, firstTime: state.firstTime, unknown: unknown(keys.length) };
      await state.answer;
      return read;
    },
  });
  const take = (count: number, who = account) => allowances.take(who, to(count), limits, 0);
  return { state, take };
}

function held(result: SendingRefusal | SendingAllowance): SendingAllowance {
  if (typeof result === 'string') throw new Error(result);
  return result;
}

test('who asks at one moment does not go over the limit together', async () => {
  const { take } = stage();
  const asked = await Promise.all([take(2), take(2), take(2), take(2, 8 as AccountId)]);
  expect(asked.map((one) => (typeof one === 'string' ? one : 'yes'))).toEqual([
    ...['yes', 'yes', 'too-many-recipients'],
    'yes',
  ]);
  held(asked[0] ?? 'too-many-recipients').release();
  held(await take(2));
});

test('nor do those who write to new recipients', async () => {
  const { take } = stage((count) => count);
  const asked = await Promise.all([take(2), take(2), take(1)]);
  expect(asked.map((one) => (typeof one === 'string' ? one : 'yes'))).toEqual([
    'yes',
    'too-many-new-recipients',
    'yes',
  ]);
});

test('what came into the queue while the store was read counts once at least', async () => {
  const { state, take } = stage();
  const first = held(await take(3));
  let goOn = () => {};
  state.answer = new Promise((resolve) => (goOn = resolve));
  const second = take(3);
  // The store was read before this.
  state.recipients = 3;
  first.release();
  goOn();
  expect(await second).toBe('too-many-recipients');
  held(await take(2)).release();
  expect(await take(3)).toBe('too-many-recipients');
});
