import { TWIML } from './problem.ts';

/** Twilio's codes for values that are wrong (https://www.twilio.com/docs/api/errors). */
const CODES: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  Conference: {
    muted: 13_230,
    endConferenceOnExit: 13_231,
    startConferenceOnEnter: 13_232,
    waitUrl: 13_233,
    waitMethod: 13_234,
    beep: 13_235,
    trim: 13_239,
    coach: 13_240,
  },
  Dial: {
    method: 13_210,
    timeout: 13_212,
    hangupOnStar: 13_213,
    timeLimit: 13_216,
    record: 13_217,
    sequential: 13_218,
    answerOnBridge: 13_219,
    ringTone: 13_220,
  },
  Enqueue: { method: 14_201, waitUrlMethod: 14_206 },
  Gather: {
    finishOnKey: 13_311,
    method: 13_312,
    timeout: 13_313,
    numDigits: 13_314,
    input: 13_326,
    speechTimeout: 13_327,
    maxSpeechTime: 13_328,
    partialResultCallbackMethod: 13_329,
    hints: 13_330,
    language: 13_331,
    bargeIn: 13_332,
    profanityFilter: 13_333,
    speechModel: 13_334,
    actionOnEmptyResult: 13_338,
  },
  Number: { method: 13_221, sendDigits: 13_222 },
  Pause: { length: 13_910 },
  Play: { loop: 13_410, digits: 13_430 },
  Queue: { method: 14_210 },
  Record: {
    method: 13_610,
    timeout: 13_611,
    maxLength: 13_612,
    finishOnKey: 13_613,
    transcribe: 13_614,
    playBeep: 13_616,
    recordingStatusCallbackEvent: 13_621,
  },
  Redirect: { method: 13_710 },
  Say: { loop: 13_510 },
  Sip: { method: 13_241 },
};

/** 12200, a warning of the schema, where the attribute has no code of its own. */
export function attributeCode(element: string, attribute: string): number {
  return CODES[element]?.[attribute] ?? TWIML.schema;
}
