// CommonJS, which gets ES modules by require.
const { gradCam } = require('@pcam/xai');
const { overlay } = require('@pcam/xai/display');

console.log(typeof gradCam, overlay([0, 0, 0], [0]).length);
