import { Doorbell, openAgent, SDP, type Ear } from './sip-agents.ts';
import { RawPeer, type Said, type Sent } from './raw-peer.ts';
import type { SipResponse } from '../../src/sip/message/message.ts';
import type { IncomingCall, UserAgent } from '../../src/sip/user-agent/calls.ts';

/** One of our agents, and a raw far end that calls it. */
export class Stage {
  readonly agent: UserAgent;
  readonly bell: Doorbell;
  readonly peer: RawPeer;

  /** With times that are short: T1 is 20 ms. */
  static async open(): Promise<Stage> {
    const agent = await openAgent({
      times: { t1: 20, t2: 80, t4: 100 },
      limits: { minSessionSeconds: 2, calls: 2 },
    });
    return new Stage(agent, await RawPeer.open());
  }

  constructor(agent: UserAgent, peer: RawPeer) {
    this.agent = agent;
    this.bell = new Doorbell(agent);
    this.peer = peer;
  }

  send(method: string, said?: Sent): void {
    this.peer.send(this.agent.udpPort, method, said);
  }

  async invited(said: Said = { sdp: SDP }): Promise<{ call: IncomingCall; ear: Ear }> {
    const next = this.bell.next();
    this.send('INVITE', said);
    return next;
  }

  /** A call that is answered and acknowledged; `within` sends a request in its dialog. */
  async talking(said: Said = { sdp: SDP }): Promise<Talking> {
    const { call, ear } = await this.invited(said);
    const answered = call.answer(SDP);
    const ok = await this.peer.response('200 INVITE');
    const To = ok.headers.get('To')!;
    this.send('ACK', { cseq: 1, headers: { To } });
    await answered;
    const within = (method: string, more: Sent = {}) =>
      this.send(method, { ...more, headers: { To, ...more.headers } });
    return { call, ear, ok, within };
  }

  async close(): Promise<void> {
    this.peer.answersBye = true;
    await this.agent.close();
    this.peer.close();
  }
}

export interface Talking {
  call: IncomingCall;
  ear: Ear;
  /** Our 200. */
  ok: SipResponse;
  within: (method: string, said?: Sent) => void;
}
