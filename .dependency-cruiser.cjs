/** The arrows of the house; ARCHITECTURE.md says why each stands. */
const only = (name, from, allowed, comment) => ({
  name,
  comment,
  severity: 'error',
  from: { path: from },
  to: { path: '^(contract|engine|server|web|start|test|bench)/', pathNot: allowed },
});

/** A layer of SIP and those below it. */
const sip = (layer, below) => ({
  name: `sip-${layer}`,
  comment: 'user-agent → dialog, digest, transaction → transport → message',
  severity: 'error',
  from: { path: `^engine/src/sip/${layer}/`, pathNot: '(\\.test|test-[a-z]+)\\.ts$' },
  to: { path: '^engine/src/sip/', pathNot: `^engine/src/sip/(${layer}${below && `|${below}`})/` },
});

module.exports = {
  forbidden: [
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'no-unresolved',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true, pathNot: '^(virtual:|/)' },
    },
    only('contract-alone', '^contract/', '^contract/', 'the words depend on nobody'),
    only(
      'engine-alone',
      '^engine/(?!test/)',
      '^engine/',
      'the engine only ever meets the server over HTTP',
    ),
    {
      name: 'sip-knows-no-calls',
      comment: 'engine/src/sip speaks the RFC; calls, rooms and trunks are built on it',
      severity: 'error',
      from: { path: '^engine/src/sip/', pathNot: '\\.test\\.ts$' },
      to: { path: '^engine/src/', pathNot: '^engine/src/(sip/|topic\\.ts|media/protocol\\.ts)' },
    },
    sip('message', ''),
    sip('transport', 'message'),
    sip('transaction', 'message|transport'),
    sip('dialog', 'message'),
    sip('digest', 'message'),
    sip('sdp', ''),
    only(
      'server-arrows',
      '^server/(?!test/)',
      '^(server|contract)/',
      'the server only knows the contract',
    ),
    only('web-arrows', '^web/', '^(web|contract)/', 'the web only knows the contract'),
    only(
      'start-alone',
      '^start/(?!test/)',
      '^start/',
      'the front door starts programs, it imports none',
    ),
    only(
      'stories-of-a-workspace',
      '^(engine|server|start)/test/',
      '^($1|contract|test/support)/',
      'stories use their own workspace, and what boots and measures',
    ),
    {
      name: 'call-rules-are-pure',
      comment: 'server/src/call decides; it reads no clock, no file and no network',
      severity: 'error',
      from: { path: '^server/src/call/', pathNot: '\\.test\\.ts$' },
      to: { pathNot: '^(server/src/call/|contract/|node_modules/zod/)' },
    },
    {
      name: 'server-rooms-meet-in-call-centre',
      comment: 'http, live, recording, report, carrier and db know call/ and db/, not each other',
      severity: 'error',
      from: {
        path: '^server/src/(live|recording|report|carrier|person|trunk)/',
        pathNot: '\\.test\\.ts$',
      },
      to: { path: '^server/src/(http|call-centre|main)' },
    },
    {
      name: 'carrier-words-stay-in-carrier',
      comment: 'only server/src/carrier speaks Twilio',
      severity: 'error',
      from: { path: '^server/src/', pathNot: '^server/src/carrier/' },
      to: { path: '^node_modules/twilio/' },
    },
    {
      name: 'features-do-not-meet',
      comment: 'features meet in web/src/app only',
      severity: 'error',
      from: { path: '^web/src/features/([^/]+)/' },
      to: { path: '^web/src/features/([^/]+)/', pathNot: '^web/src/features/$1/' },
    },
    {
      name: 'phone-without-react',
      severity: 'error',
      from: { path: '^web/src/phone/' },
      to: { path: '^node_modules/react' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '(^|/)(dist|data)/' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.base.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
      mainFields: ['module', 'main', 'types'],
    },
  },
};
