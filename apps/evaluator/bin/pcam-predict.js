#!/usr/bin/env node
import '../dist/predict-cli.js';
