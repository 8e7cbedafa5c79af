import { TWIML, TwimlProblem } from './problem.ts';

type Gender = 'f' | 'm';

/** How eSpeak NG is to speak. */
export interface Voice {
  /** Its own name of a language, as "en-gb". */
  name: string;
  /** 0 to 99. */
  pitch: number;
}

/**
 * Twilio's languages, and what eSpeak NG speaks for them. A variety that it does not have is spoken
 * in the nearest one. What is not here is refused by name.
 */
const LANGUAGES: Readonly<Record<string, string>> = {
  'af-za': 'af',
  'am-et': 'am',
  ar: 'ar',
  'ar-ae': 'ar',
  'ar-xa': 'ar',
  arb: 'ar',
  'bg-bg': 'bg',
  'bn-in': 'bn',
  'ca-es': 'ca',
  'cmn-cn': 'cmn',
  'cmn-tw': 'cmn',
  'cs-cz': 'cs',
  'cy-gb': 'cy',
  'da-dk': 'da',
  de: 'de',
  'de-at': 'de',
  'de-de': 'de',
  'el-gr': 'el',
  en: 'en-gb',
  'en-au': 'en-gb',
  'en-ca': 'en-us',
  'en-gb': 'en-gb',
  'en-gb-wls': 'en-gb',
  'en-ie': 'en-gb',
  'en-in': 'en-gb',
  'en-nz': 'en-gb',
  'en-us': 'en-us',
  'en-za': 'en-gb',
  es: 'es',
  'es-es': 'es',
  'es-mx': 'es-419',
  'es-us': 'es-419',
  'eu-es': 'eu',
  'fi-fi': 'fi',
  fr: 'fr-fr',
  'fr-be': 'fr-be',
  'fr-ca': 'fr-fr',
  'fr-fr': 'fr-fr',
  'gu-in': 'gu',
  'he-il': 'he',
  'hi-in': 'hi',
  'hu-hu': 'hu',
  'id-id': 'id',
  'is-is': 'is',
  it: 'it',
  'it-it': 'it',
  'ja-jp': 'ja',
  'kn-in': 'kn',
  'ko-kr': 'ko',
  'lt-lt': 'lt',
  'lv-lv': 'lv',
  'ml-in': 'ml',
  'mr-in': 'mr',
  'ms-my': 'ms',
  'nb-no': 'nb',
  'nl-be': 'nl',
  'nl-nl': 'nl',
  'pa-in': 'pa',
  'pl-pl': 'pl',
  'pt-br': 'pt-br',
  'pt-pt': 'pt',
  'ro-ro': 'ro',
  'ru-ru': 'ru',
  'sk-sk': 'sk',
  'sl-si': 'sl',
  'sr-rs': 'sr',
  'sv-se': 'sv',
  'sw-ke': 'sw',
  'ta-in': 'ta',
  'te-in': 'te',
  'th-th': 'th',
  'tr-tr': 'tr',
  'uk-ua': 'uk',
  'ur-in': 'ur',
  'vi-vn': 'vi',
  'yue-hk': 'yue',
  'zh-cn': 'cmn',
  'zh-hk': 'yue',
  'zh-tw': 'cmn',
};

/** Amazon Polly's names by the language they speak; women first, then men after the bar. */
const POLLY: Readonly<Record<string, string>> = {
  arb: 'Zeina |',
  'ar-ae': 'Hala | Zayd',
  'ca-es': 'Arlet |',
  'cmn-cn': 'Zhiyu |',
  'cs-cz': 'Jitka |',
  'cy-gb': 'Gwyneth |',
  'da-dk': 'Naja Sofie | Mads',
  'de-at': 'Hannah |',
  'de-de': 'Marlene Vicki | Hans Daniel',
  'en-au': 'Nicole Olivia | Russell',
  'en-gb': 'Amy Emma | Brian Arthur',
  'en-gb-wls': '| Geraint',
  'en-ie': 'Niamh |',
  'en-in': 'Aditi Raveena Kajal |',
  'en-nz': 'Aria |',
  'en-us':
    'Ivy Joanna Kendra Kimberly Salli Danielle Ruth | Joey Justin Kevin Matthew Gregory Stephen',
  'en-za': 'Ayanda |',
  'es-es': 'Conchita Lucia Laura Alba | Enrique Sergio Raul',
  'es-mx': 'Mia | Andres',
  'es-us': 'Lupe Penelope | Miguel Pedro',
  'fi-fi': 'Suvi |',
  'fr-be': 'Isabelle |',
  'fr-ca': 'Chantal Gabrielle | Liam',
  'fr-fr': 'Celine Lea Ambre | Mathieu Remi Florian',
  'is-is': 'Dora | Karl',
  'it-it': 'Carla Bianca Beatrice | Giorgio Adriano Lorenzo',
  'ja-jp': 'Mizuki Kazuha Tomoko | Takumi',
  'ko-kr': 'Seoyeon Jihye |',
  'nb-no': 'Liv Ida |',
  'nl-be': 'Lisa |',
  'nl-nl': 'Lotte Laura | Ruben',
  'pl-pl': 'Ewa Maja Ola | Jacek Jan',
  'pt-br': 'Camila Vitoria | Ricardo Thiago',
  'pt-pt': 'Ines | Cristiano',
  'ro-ro': 'Carmen |',
  'ru-ru': 'Tatyana | Maxim',
  'sv-se': 'Astrid Elin |',
  'tr-tr': 'Filiz Burcu |',
  'yue-hk': 'Hiujin |',
};

/** Its WebAssembly build knows no variants of a voice: higher and lower have to do. */
const PITCH: Record<Gender, number> = { f: 75, m: 35 };
const DEFAULT_LANGUAGE = 'en-gb';

/**
 * How eSpeak NG is to speak in the voice that TwiML asks for. `man`, `woman` and `alice` speak `language`
 * (British English when there is none). The names of Polly (with -Neural, -Generative or
 * -Long-Form) and Google speak their own language: it is always our own voice, of the sex the name
 * has. @throws TwimlProblem with the name that is not known
 */
export function voiceFor(voice: string | undefined, language: string | undefined): Voice {
  const name = voice ?? 'woman';
  if (name === 'man') return voiced(language ?? DEFAULT_LANGUAGE, 'm');
  if (name === 'woman' || name === 'alice') return voiced(language ?? DEFAULT_LANGUAGE, 'f');
  const polly = /^Polly\.(\p{L}+?)(-Neural|-Generative|-Long-Form)?$/u.exec(name)?.[1];
  if (polly !== undefined) {
    const found = pollyVoice(polly);
    if (found !== null) return voiced(found.language, found.gender);
  }
  // Google's names say the language and not the sex.
  const google = /^Google\.([a-z]{2,3}-[A-Z]{2})-[\w-]+$/.exec(name)?.[1];
  if (google !== undefined) return voiced(google, 'f');
  throw new TwimlProblem(TWIML.sayVoice, `<Say> attribute voice: ${name} is not supported`);
}

function voiced(language: string, gender: Gender): Voice {
  const own = LANGUAGES[language.toLowerCase()];
  if (own === undefined) {
    const why = `<Say> attribute language: ${language} is not supported`;
    throw new TwimlProblem(TWIML.sayLanguage, why);
  }
  return { name: own, pitch: PITCH[gender] };
}

function pollyVoice(name: string): { language: string; gender: Gender } | null {
  // "Mía" and "Rémi" are written both ways.
  const plain = name.normalize('NFD').replace(/\p{M}/gu, '');
  for (const [language, names] of Object.entries(POLLY)) {
    const [women = '', men = ''] = names.split('|');
    if (women.split(' ').includes(plain)) return { language, gender: 'f' };
    if (men.split(' ').includes(plain)) return { language, gender: 'm' };
  }
  return null;
}
