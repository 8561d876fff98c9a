/** How long each step may take, ms. A reply has to be whole by then, however slowly it drips. */
export interface SmtpTimeouts {
  /** Until the connection (and implicit TLS) stands. */
  readonly connect: number;
  readonly greeting: number;
  /** EHLO, STARTTLS, each step of AUTH, MAIL, RSET. */
  readonly command: number;
  /** For TLS after STARTTLS; that of implicit TLS is part of `connect`. */
  readonly handshake: number;
  readonly recipient: number;
  /** For 354. */
  readonly dataStart: number;
  /** For the peer to take a block of the message. */
  readonly dataBlock: number;
  /** For the reply to the whole message. */
  readonly dataEnd: number;
  readonly quit: number;
}

const minute = 60_000;

/** RFC 5321 section 4.5.3.2, which says how long at least. */
export const defaultTimeouts: SmtpTimeouts = {
  connect: minute,
  greeting: 5 * minute,
  command: 5 * minute,
  handshake: minute,
  recipient: 5 * minute,
  dataStart: 2 * minute,
  dataBlock: 3 * minute,
  dataEnd: 10 * minute,
  quit: 10_000,
};
