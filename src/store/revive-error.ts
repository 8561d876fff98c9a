import { DataUnusable } from './data-unusable.ts';
import { DatabaseTooNew } from './migrations/migrate.ts';
import { TooManyKeywords } from './operations/intern-keywords.ts';
import { NoSuchAccount } from './operations/take-modseq.ts';
import { StorageFull } from './store.ts';
import type { PlainError } from './write-request.ts';

/** The error that a thread threw, as the class it had there; its stack is kept. */
export function reviveError({ name, message, stack }: PlainError): Error {
  const error = construct(name, message);
  if (stack !== undefined) error.stack = stack;
  return error;
}

function construct(name: string, message: string): Error {
  if (name === 'StorageFull') return new StorageFull(message);
  if (name === 'DataUnusable') return new DataUnusable(message);
  if (name === 'NoSuchAccount') return new NoSuchAccount(message);
  if (name === 'TooManyKeywords') return new TooManyKeywords(message);
  if (name === 'DatabaseTooNew')
    return Object.assign(Object.create(DatabaseTooNew.prototype) as Error, { message, name });
  return Object.assign(new Error(message), { name });
}
