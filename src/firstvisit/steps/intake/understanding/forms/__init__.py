"""Forms: pages of labels and values, whatever they look like. Pure.

`whole.read` goes through a document: `fields` pairs labels with values (`pieces`, `sections`, `beside`, `under`,
`owners`, `tables`), `values` reads what a value says, `head`, `options` and `signed` what stands free of labels,
`conclusions` what follows from it all.
"""
