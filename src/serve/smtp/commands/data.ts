import { DataFramer } from '../../../wire/smtp/data-framer.ts';
import { replies } from '../../../wire/smtp/replies.ts';
import { command } from '../command.ts';
import { finishMessage } from '../finish-message.ts';
import type { MessageBody } from '../message-body.ts';
import { Refuse } from '../refuse.ts';
import type { Receiver, SmtpSession } from '../session.ts';
import { isOverTime } from '../is-over-time.ts';
import { needRecipients } from './need-recipients.ts';
import { noArguments } from './no-arguments.ts';

/** DATA. RFC 5321 section 4.1.1.4; not with BODY=BINARYMIME and not after BDAT (RFC 3030 sections 2 and 3). */
export const data = command({
  verb: 'DATA',
  needs: ['hello', 'tls', 'login', 'mail'],
  parse: noArguments,
  run(session) {
    const transaction = needRecipients(session);
    if (transaction.body !== undefined) throw new Refuse(replies.bdatPending);
    if (transaction.params.body === 'BINARYMIME') throw new Refuse(replies.binaryNeedsBdat);
    const body = session.newBody();
    transaction.body = body;
    const framer = new DataFramer();
    session.receiver = new DataReceiver(session, body, framer);
    session.say(replies.sendData);
    session.sink.expectFramed(framer);
  },
});

/** Moves what the framer keeps into the body, up to the lone dot. */
class DataReceiver implements Receiver {
  readonly #session: SmtpSession;
  readonly #body: MessageBody;
  readonly #framer: DataFramer;

  constructor(session: SmtpSession, body: MessageBody, framer: DataFramer) {
    this.#session = session;
    this.#body = body;
    this.#framer = framer;
  }

  framed(done: boolean): void | Promise<void> {
    const { fault } = this.#framer;
    if (fault !== undefined) this.#body.fail(fault === 'bare-cr' ? replies.bareCr : replies.fakeEnd);
    const octets = this.#framer.take();
    const written = octets === undefined ? undefined : this.#body.write(octets);
    if (!done) {
      isOverTime(this.#session, this.#body);
      return written;
    }
    return written === undefined ? finishMessage(this.#session) : written.then(() => finishMessage(this.#session));
  }

  octets(): void {}
}
