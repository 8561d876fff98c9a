import { parseNumbers } from '../../wire/pop3/command-line.ts';
import { badArguments } from './refuse.ts';

/** For commands without arguments. @throws Refuse */
export function expectNothing(rest: string): void {
  if (rest.trim() !== '') throw badArguments();
}

/** One message number. @throws Refuse */
export function expectNumber(rest: string): number {
  const number = expectOptionalNumber(rest);
  if (number === undefined) throw badArguments();
  return number;
}

/** A message number or nothing. @throws Refuse */
export function expectOptionalNumber(rest: string): number | undefined {
  const numbers = parseNumbers(rest);
  if (numbers === undefined || numbers.length > 1) throw badArguments();
  return numbers[0];
}

/** A message number and a count. @throws Refuse */
export function expectTwoNumbers(rest: string): readonly [number, number] {
  const [number, count, ...more] = parseNumbers(rest) ?? [];
  if (number === undefined || count === undefined || more.length > 0) throw badArguments();
  return [number, count];
}
