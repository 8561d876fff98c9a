import { parseHelloName } from '../../../wire/smtp/hello-name.ts';
import { replies } from '../../../wire/smtp/replies.ts';
import { Refuse } from '../refuse.ts';
import type { Hello, SmtpSession } from '../session.ts';

/** What EHLO and HELO share: the name. It is not looked up: RFC 5321 section 4.1.4 forbids to refuse for it. */
export function parseHello(rest: string): string {
  const name = parseHelloName(rest);
  if (!name.ok) throw new Refuse(replies.badArguments);
  return name.value.text;
}

/** Takes note of the name and gives up what was under way. */
export function setHello(session: SmtpSession, hello: Hello): void {
  session.reset();
  session.hello = hello;
  session.traceHead = undefined;
}
