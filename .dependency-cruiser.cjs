'use strict';

/** What may know what; the reasons are in docs/architecture.md. */
module.exports = {
  forbidden: [
    { name: 'no-circular', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'common-knows-no-feature',
      comment: 'What all features share must not know any of them.',
      severity: 'error',
      from: { path: '^src/(common|config|database|platforms)' },
      to: { path: '^src/modules' },
    },
    {
      name: 'config-knows-nothing',
      comment: 'Settings come first; they depend on nothing of the service.',
      severity: 'error',
      from: { path: '^src/config' },
      to: { path: '^src/(common|database|modules|platforms)' },
    },
    {
      name: 'platforms-know-no-feature',
      comment: 'A client of an outside system knows the system, not what it is used for.',
      severity: 'error',
      from: { path: '^src/platforms' },
      to: { path: '^src/(modules|database)' },
    },
    {
      name: 'features-meet-in-services',
      comment: "Another feature's controller, schema and, through it, collection are its own business.",
      severity: 'error',
      from: { path: '^src/modules/([^/]+)/' },
      to: {
        path: '^src/modules/[^/]+/.*\\.(controller|schema)\\.ts$',
        pathNot: ['^src/modules/$1/', '^src/modules/orders/(order|refund)\\.schema\\.ts$'],
        // what a record looks like may be known to whoever is given one
        dependencyTypesNot: ['type-only'],
      },
    },
    {
      name: 'only-reconciliation-reads-the-books-of-orders',
      comment: 'It compares orders and refunds as they are written down, also without the application.',
      severity: 'error',
      from: { path: '^src/modules/', pathNot: '^src/modules/(orders|reconciliation)/' },
      to: {
        path: '^src/modules/orders/(order|refund)\\.schema\\.ts$',
        dependencyTypesNot: ['type-only'],
      },
    },
    {
      name: 'packages-stand-alone',
      comment: 'The embedded database and the platform sandbox know nothing of the application.',
      severity: 'error',
      from: { path: '^packages/' },
      to: { path: '^src/' },
    },
    {
      name: 'only-the-database-knows-the-embedded-server',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/database/server\\.ts$' },
      to: { path: '^packages/embedded-mongo' },
    },
    {
      name: 'only-the-start-knows-the-sandbox',
      comment: 'The application talks to a platform through its base URL, sandbox or not.',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/sandbox\\.ts$' },
      to: { path: '^packages/platform-sandbox' },
    },
    {
      name: 'no-tests-in-the-service',
      severity: 'error',
      from: { path: '^src/', pathNot: '\\.spec\\.ts$' },
      to: { path: '^test/|\\.spec\\.ts$' },
    },
    {
      name: 'no-unlisted-packages',
      severity: 'error',
      from: { path: '^src/' },
      to: { dependencyTypes: ['npm-no-pkg', 'npm-unknown'] },
    },
    {
      name: 'no-dev-packages-in-the-service',
      severity: 'error',
      // the pages are bundled: what they need is needed for building them alone
      from: { path: '^(src|packages/[^/]+/src)/', pathNot: '\\.spec\\.ts$|^packages/h5/' },
      to: { dependencyTypes: ['npm-dev'] },
    },
    {
      name: 'the-two-pages-share-what-is-beside-them',
      comment: 'The guest page and the host page are loaded apart.',
      severity: 'error',
      from: { path: '^packages/h5/src/(interview|host)/' },
      to: { path: '^packages/h5/src/(interview|host)/', pathNot: '^packages/h5/src/$1/' },
    },
    {
      name: 'what-the-pages-share-knows-neither',
      severity: 'error',
      from: { path: '^packages/h5/src/', pathNot: '^packages/h5/src/(interview|host)/' },
      to: { path: '^packages/h5/src/(interview|host)/' },
    },
    {
      name: 'only-the-media-layer-knows-zego',
      severity: 'error',
      from: { path: '^packages/h5/src/', pathNot: '^packages/h5/src/media/zego-engine\\.ts$' },
      to: { path: 'zego-express-engine-webrtc' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '(^|/)dist' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['require', 'node', 'default', 'types'],
    },
  },
};
