"""Sentence segmentation with exact offsets: headings, sentences, captions, boilerplate, separators.

>>> from bitext.segment import segment
>>> segment("M. Roy est parti. Il reviendra.").texts
['M. Roy est parti.', 'Il reviendra.']
"""

from bitext.segment.language import guess_language
from bitext.segment.sentences import split_sentences
from bitext.segment.split import VERSION, segment

__all__ = ["VERSION", "guess_language", "segment", "split_sentences"]
