import type { RtpFlow } from '../../media/protocol.ts';
import { readAudio, type Audio, type LawName } from './audio.ts';
import { newKey, SUITES, writeCrypto, type Crypto, type Suite } from './crypto.ts';
import {
  addressWords,
  parseDescription,
  writeDescription,
  type Attribute,
  type Description,
  type MediaSection,
} from './description.ts';
import { SdpRefused, type AudioSession, type Direction, type OurMedia } from './offer-answer.ts';

/** What we call our formats, in offers, unless the other side has named them before. */
const STATIC_TYPES: Record<LawName, number> = { PCMU: 0, PCMA: 8 };
const OUR_TELEPHONE_EVENT = 101;
const OUR_COMFORT_NOISE = 13;

/** The direction that says the same from the other side (RFC 3264 §6.1). */
const FROM_THERE: Record<Direction, Direction> = {
  sendrecv: 'sendrecv',
  sendonly: 'recvonly',
  recvonly: 'sendonly',
  inactive: 'inactive',
};

/**
 * An audio session of ours, before its first offer. What `srtp` means:
 *
 * | `srtp`   | we offer | we answer                                                    |
 * |----------|----------|--------------------------------------------------------------|
 * | off      | RTP/AVP  | RTP/AVP; SRTP alone is refused                               |
 * | optional | RTP/AVP  | RTP/SAVP where it is offered, else RTP/AVP                   |
 * | required | RTP/SAVP | RTP/SAVP; plain RTP, with or without a=crypto, is refused    |
 *
 * One m-line cannot offer both (RFC 4568 §4): many phones refuse SAVP or take AVP with keys for
 * plain RTP, so `optional` offers what everybody takes. Keys are the session's own, one per suite,
 * and stay the same in all its offers and answers: the stream goes on (RFC 4568 §7.1.4).
 */
export function createAudioSession(media: OurMedia): AudioSession {
  return new Session(media);
}

/** What is agreed, and to which of their m-lines. */
interface Agreement {
  flow: RtpFlow;
  section: MediaSection;
  theirs: Audio;
  crypto: Crypto | null;
}

class Session implements AudioSession {
  readonly #media: OurMedia;
  readonly #keys = new Map<Suite, string>();
  #version = 0;
  /** Our last description, all but its o= line. */
  #said = '';
  /** What people here want: nobody talks to those whom we hold, whatever they offer. */
  #wish: Direction = 'sendrecv';
  /** RFC 3264 §8.3.2: once agreed, payload types keep their meaning. */
  #telephoneEvent = OUR_TELEPHONE_EVENT;
  #offered = false;
  #secure: boolean;
  #flow: RtpFlow | null = null;

  constructor(media: OurMedia) {
    this.#media = media;
    this.#secure = media.srtp === 'required';
  }

  get flow(): RtpFlow | null {
    return this.#flow;
  }

  offer(direction: Direction = 'sendrecv'): string {
    this.#wish = direction;
    this.#offered = true;
    const laws = this.#lawsInOrder();
    const formats = new Map<string, number>(laws.map((law) => [law, STATIC_TYPES[law]]));
    formats.set('CN', OUR_COMFORT_NOISE);
    formats.set('telephone-event', this.#telephoneEvent);
    const cryptos = this.#secure
      ? SUITES.map((suite, index) => ({ tag: `${index + 1}`, suite, key: this.#key(suite) }))
      : [];
    const protocol = this.#secure ? 'RTP/SAVP' : 'RTP/AVP';
    return this.#describe([this.#section(protocol, formats, direction, cryptos)]);
  }

  accept(answer: string): RtpFlow {
    if (!this.#offered) throw new Error('there is no offer to be answered');
    return this.#commit(this.#agree(parseDescription(answer), 'answer'));
  }

  answer(offer: string): { sdp: string; flow: RtpFlow } {
    const description = parseDescription(offer);
    const agreement = this.#agree(description, 'offer');
    const { theirs, flow, crypto } = agreement;
    const formats = new Map<string, number>([[flow.law, flow.payloadType]]);
    if (flow.comfortNoise !== null) formats.set('CN', flow.comfortNoise);
    if (flow.telephoneEvent !== null) formats.set('telephone-event', flow.telephoneEvent);
    const ours = crypto === null ? [] : [{ ...crypto, key: this.#key(crypto.suite) }];
    const section = this.#section(theirs.protocol, formats, directionOf(flow), ours);
    const taken = description.media.indexOf(agreement.section);
    const sdp = this.#describe(
      // RFC 3264 §6: as many m-lines, in the same order; those we do not want have port 0.
      description.media.map((one, index) => (index === taken ? section : refused(one))),
    );
    this.#offered = false;
    return { sdp, flow: this.#commit(agreement) };
  }

  /** The first m-line that will do. @throws SdpRefused for the reason of the one that came closest. */
  #agree(description: Description, kind: 'offer' | 'answer'): Agreement {
    let closest: SdpRefused | null = null;
    const sections = description.media.filter(({ media, port }) => media === 'audio' && port > 0);
    for (const section of this.#secureFirst(sections)) {
      try {
        const theirs = readAudio(description, section);
        if (kind === 'offer') this.#mayBeOffered(theirs);
        else this.#mayBeAnswered(theirs);
        return { ...this.#agreeTo(theirs, this.#chooseLaw(theirs, kind)), section };
      } catch (error) {
        if (!(error instanceof SdpRefused)) throw error;
        closest ??= error;
      }
    }
    throw closest ?? new SdpRefused('no_audio', 'there is no audio in the session description');
  }

  /** A phone that leaves the choice to us has two m-lines, one of each kind. */
  #secureFirst(sections: MediaSection[]): MediaSection[] {
    const rank = ({ protocol }: MediaSection): number => (/SAVP/i.test(protocol) ? 0 : 1);
    if (this.#media.srtp !== 'optional') return sections;
    return sections.sort((one, other) => rank(one) - rank(other));
  }

  #mayBeOffered(audio: Audio): void {
    const secure = isSecure(audio);
    if (secure && this.#media.srtp === 'off') {
      throw new SdpRefused('srtp_refused', 'SRTP is offered, and it is switched off here');
    }
    if (!secure && this.#media.srtp === 'required') {
      throw new SdpRefused('srtp_required', 'plain RTP is offered, and SRTP is required here');
    }
  }

  /** RFC 3264 §6: an answer has the offer's protocol. */
  #mayBeAnswered(audio: Audio): void {
    if (isSecure(audio) === this.#secure) return;
    if (this.#secure) throw new SdpRefused('srtp_required', 'SRTP was offered and not answered');
    throw new SdpRefused('srtp_refused', 'plain RTP was offered and SRTP answered');
  }

  #agreeTo(theirs: Audio, law: LawName): Omit<Agreement, 'section'> {
    const { address, port, rtcpPort, telephoneEvent, comfortNoise } = theirs;
    const crypto = isSecure(theirs) ? chooseCrypto(theirs) : null;
    const direction = FROM_THERE[theirs.direction];
    const flow: RtpFlow = {
      remote: { address: address ?? '0.0.0.0', port, rtcpPort },
      law,
      payloadType: theirs.laws.get(law)!,
      telephoneEvent,
      comfortNoise,
      sends: address !== null && sends(direction) && sends(this.#wish),
      receives: receives(direction) && receives(this.#wish),
      srtp: crypto && { suite: crypto.suite, ours: this.#key(crypto.suite), theirs: crypto.key },
    };
    return { flow, theirs, crypto };
  }

  #chooseLaw(theirs: Audio, kind: 'offer' | 'answer'): LawName {
    const { laws } = this.#media;
    // An answer is in the order of who answers (RFC 3264 §6.1), an offer is answered in ours.
    const law =
      kind === 'answer'
        ? [...theirs.laws.keys()].find((one) => laws.includes(one))
        : laws.find((one) => theirs.laws.has(one));
    if (law === undefined) {
      throw new SdpRefused('no_codec', `none of ${laws.join(', ')} is in the session description`);
    }
    return law;
  }

  #commit({ flow, theirs }: Agreement): RtpFlow {
    this.#flow = flow;
    this.#secure = isSecure(theirs);
    this.#telephoneEvent = flow.telephoneEvent ?? this.#telephoneEvent;
    return flow;
  }

  /** The law that is in use comes first, so that another offer does not change it. */
  #lawsInOrder(): LawName[] {
    const { laws } = this.#media;
    const current = this.#flow?.law;
    return current === undefined ? [...laws] : [current, ...laws.filter((one) => one !== current)];
  }

  #key(suite: Suite): string {
    const key = this.#keys.get(suite) ?? newKey();
    this.#keys.set(suite, key);
    return key;
  }

  #section(
    protocol: string,
    formats: ReadonlyMap<string, number>,
    direction: Direction,
    cryptos: readonly Crypto[],
  ): MediaSection {
    const attributes: Attribute[] = cryptos.map((one) => line('crypto', writeCrypto(one)));
    for (const [name, type] of formats) {
      attributes.push(line('rtpmap', `${type} ${name}/8000`));
      // RFC 4733 §2.4.1: the sixteen keys.
      if (name === 'telephone-event') attributes.push(line('fmtp', `${type} 0-15`));
    }
    attributes.push(line('ptime', '20'), { name: direction, value: null });
    const types = [...formats.values()].map(String);
    const { port } = this.#media;
    return { media: 'audio', port, protocol, formats: types, address: null, attributes };
  }

  #describe(media: MediaSection[]): string {
    const { address, sessionId } = this.#media;
    const origin = (version: number): string =>
      `offhook ${sessionId} ${version} ${addressWords(address)}`;
    const description = { origin: origin(0), address, attributes: [], media };
    const said = writeDescription(description);
    if (said !== this.#said) this.#version++;
    this.#said = said;
    return writeDescription({ ...description, origin: origin(this.#version) });
  }
}

function isSecure({ protocol }: Audio): boolean {
  if (protocol === 'RTP/AVP' || protocol === 'RTP/AVPF') return false;
  if (protocol === 'RTP/SAVP' || protocol === 'RTP/SAVPF') return true;
  throw new SdpRefused('srtp_refused', `audio over "${protocol}" is not spoken here`);
}

/** RFC 4568 §5.1.2: the first of theirs that we can use. */
function chooseCrypto({ cryptos }: Audio): Crypto {
  const [crypto] = cryptos;
  if (crypto === undefined) {
    throw new SdpRefused('srtp_refused', `SRTP without a=crypto of ${SUITES.join(' or ')}`);
  }
  return crypto;
}

function refused(section: MediaSection): MediaSection {
  return { ...section, port: 0, address: null, attributes: [] };
}

function sends(direction: Direction): boolean {
  return direction === 'sendrecv' || direction === 'sendonly';
}

function receives(direction: Direction): boolean {
  return direction === 'sendrecv' || direction === 'recvonly';
}

function directionOf(flow: RtpFlow): Direction {
  if (flow.sends) return flow.receives ? 'sendrecv' : 'sendonly';
  return flow.receives ? 'recvonly' : 'inactive';
}

function line(name: string, value: string): Attribute {
  return { name, value };
}
