"""A language model of a hundred thousand parameters, made on the spot: a tokenizer of characters and a small Llama."""

from __future__ import annotations

import string
from pathlib import Path

CHARACTERS = string.digits + string.ascii_letters + " +-*=/?%().,:;#\n'"
TEMPLATE = (
    "{{ bos_token }}{% for m in messages %}{{ m['content'] }}"
    "{% if m['role'] == 'assistant' %}{{ eos_token }}{% else %}{{ '\n' }}{% endif %}{% endfor %}"
)


def tiny(folder: Path, *, seed: int = 0, width: int = 32, layers: int = 1) -> Path:
    """Writes an untrained model with its tokenizer into `folder`."""
    import torch
    from tokenizers import Regex, Tokenizer, decoders, models, pre_tokenizers
    from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast

    names = ["<pad>", "<bos>", "<eos>", "<unk>", *CHARACTERS]
    single = Tokenizer(models.WordLevel({name: i for i, name in enumerate(names)}, unk_token="<unk>"))
    single.pre_tokenizer = pre_tokenizers.Split(Regex(r"[\s\S]"), "isolated")
    single.decoder = decoders.Fuse()
    tokenizer = PreTrainedTokenizerFast(
        tokenizer_object=single, pad_token="<pad>", bos_token="<bos>", eos_token="<eos>", unk_token="<unk>"
    )
    tokenizer.chat_template = TEMPLATE
    torch.manual_seed(seed)
    config = LlamaConfig(
        vocab_size=len(names),
        hidden_size=width,
        intermediate_size=4 * width,
        num_hidden_layers=layers,
        num_attention_heads=4,
        max_position_embeddings=256,
        bos_token_id=1,
        eos_token_id=2,
        pad_token_id=0,
        tie_word_embeddings=True,
    )
    LlamaForCausalLM(config).save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return folder
