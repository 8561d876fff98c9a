import { replies } from '../../../wire/smtp/replies.ts';
import { Refuse } from '../refuse.ts';

/** For commands that take nothing. RFC 5321 section 4.1.1: 501 when something is there. */
export function noArguments(rest: string): void {
  if (rest.trim() !== '') throw new Refuse(replies.noArguments);
}
