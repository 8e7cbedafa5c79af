/**
 * What the server needs to know, checked and with every default filled in. `env.ts` makes it from
 * the environment; tests make it by hand. Which carrier is behind it shows only in values: nobody
 * asks for its name.
 */
export interface Config {
  http: HttpConfig;
  people: PeopleConfig;
  database: { url: string };
  /** Absolute path of the data folder; recordings are kept below it. */
  dataFolder: string;
  carrier: CarrierConfig;
  /** The voice engine's own API for SIP trunks; null: the carrier's cloud brings the lines. */
  trunks: { apiUrl: string } | null;
  dialling: DialRules;
  /** Where the Voice SDK's signalling goes; null: the SDK's own default, no pass-through. */
  signal: { upstream: string } | null;
  /** Demo customers that the carrier plays; empty where there are none. */
  demoCustomers: DemoCustomerConfig[];
  call: CallLimits;
  recording: RecordingConfig;
  log: { level: string };
}

export interface HttpConfig {
  host: string;
  /** 0: any free port (tests). */
  port: number;
  /** What people type, without a trailing slash: "http://localhost:3001". */
  publicUrl: string;
  /** Folder of the built web pages; null: API only. */
  webFolder: string | null;
  /** Extra origins for the content policy's connect-src, such as the carrier's signalling. */
  connectOrigins: string[];
  /** Trust X-Forwarded-* from these proxies; empty: none. */
  trustedProxies: string[];
}

export interface PeopleConfig {
  /** Signs the session cookies; at least 32 characters. Null: made once, kept in the data folder. */
  sessionSecret: string | null;
  /** Lets a visitor from elsewhere make the first administrator. Null: made and logged at start. */
  setupToken: string | null;
}

export interface CarrierConfig {
  /** REST base, "https://api.twilio.com" or our engine's. */
  apiUrl: string;
  accountSid: string;
  authToken: string;
  apiKeySid: string;
  apiKeySecret: string;
  twimlAppSid: string;
  /** E.164 shown to customers. */
  callerId: string;
  /** How long a browser's access token to the carrier lasts. */
  tokenSeconds: number;
  /** What the carrier puts before /carrier/…: the base of the URLs it signs. No trailing slash. */
  callbackUrl: string;
  /** How far a recording's length may be from the talk time before it is flagged. */
  recordingToleranceMs: number;
  /** Where agents' SIP phones register; null: everybody calls with the browser. */
  sipPhones: SipPhonesConfig | null;
}

export interface SipPhonesConfig {
  /** The carrier's SIP domain: "acme.sip.twilio.com". */
  domain: string;
  /** The list that the domain takes registrations by, CL…; each phone is a credential in it. */
  credentialListSid: string;
  /** What people type as their phone's server; a null host is that of the page they look at. */
  server: { host: string | null; port: number };
}

export interface DialRules {
  /** Two letters: whose national numbers people type. */
  country: string;
  /** Ofcom's drama range 07700 900000–900999 may be dialled. */
  allowDramaNumbers: boolean;
  /** Digits as dialled, never allowed: "999", "112". */
  emergencyNumbers: string[];
  /** E.164 prefixes refused as premium rate: "+449", "+4470". */
  premiumPrefixes: string[];
  /** Exceptions among the numbers that their country's numbering plan calls premium rate. */
  notPremiumPrefixes: string[];
  /** E.164 prefixes refused by this installation for its own reasons. */
  blockedPrefixes: string[];
}

export interface DemoCustomerConfig {
  number: string;
  name: string;
  description: string;
  /** Set where a person plays this customer in a browser: the Voice SDK identity it rings. */
  client?: string;
}

export interface RecordingConfig {
  /** Delete the carrier's copy once ours is stored and checked. Default: false. */
  deleteFromCarrier: boolean;
  /** How long after a call's end a recording may be missing before the carrier is asked, in ms. */
  missingAfterMs: number;
}

/** All in milliseconds. */
export interface CallLimits {
  /** Between POST /api/calls and the agent's leg in the room. */
  agentJoinMs: number;
  /** How long the customer's phone rings. */
  ringMs: number;
  /** The longest life of a call. */
  maxCallMs: number;
  /** How long a call outlives its agent's leg. Zero: it ends at once. */
  agentGraceMs: number;
  /** How often the sweep asks the carrier for the truth. */
  sweepEveryMs: number;
}
