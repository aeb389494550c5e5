"""A second opinion of a language model on what our own rules left empty or doubtful. Pure: question and answer as data.

A document may say anything, also orders to whoever reads it. So what a model answers is believed in one way only: a
value of a field that was asked for counts where it stands in the document, and then a person confirms it.
"""
