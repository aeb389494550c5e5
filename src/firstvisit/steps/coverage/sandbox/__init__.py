"""The sandbox payer: what it answers, by habit. Pure; `config.demo.payer` serves it over HTTP."""
