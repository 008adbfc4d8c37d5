"""vLLM's engine behind `Core`: the only module that imports vLLM, which takes seconds, in the engine's thread."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any

from jinja2 import TemplateError

from refine.errors import Fault
from refine.proposers.engine import Adapter, Answer, Request
from refine.proposers.vllm import Where

CPU_CACHE_BYTES = 2**30
"""For keys and values on a CPU, where vLLM would take far more; VLLM_CPU_KVCACHE_SPACE (GiB) sets another."""


def load(where: Where) -> VllmCore:
    """The model, ready. vLLM says only errors, and reports to nobody, unless the environment says otherwise."""
    os.environ.setdefault("VLLM_LOGGING_LEVEL", "ERROR")
    os.environ.setdefault("VLLM_NO_USAGE_STATS", "1")
    from vllm import EngineArgs, LLMEngine  # noqa: PLC0415 - after the environment is set
    from vllm.platforms import current_platform  # noqa: PLC0415 - as above

    cpu = current_platform.is_cpu()
    if cpu:
        os.environ.setdefault("VLLM_ENABLE_V1_MULTIPROCESSING", "0")  # a second process would only cost memory
    return VllmCore(LLMEngine.from_engine_args(EngineArgs(**_arguments(where, cpu=cpu))))


def _arguments(where: Where, *, cpu: bool) -> dict[str, Any]:
    arguments: dict[str, Any] = {
        "model": str(where.path),
        "max_model_len": where.context,
        "enable_prefix_caching": True,
        "disable_log_stats": True,
        "use_tqdm_on_load": False,
    }
    if where.adapts:
        arguments |= {"enable_lora": True, "max_loras": 2, "max_lora_rank": where.rank}
    if cpu:  # no compiler is needed then; with chunked prefill a request with a seed ends vLLM 0.32's worker
        arguments |= {"enforce_eager": True, "enable_chunked_prefill": False}
        own = "VLLM_CPU_KVCACHE_SPACE" in os.environ
        arguments |= {} if own else {"kv_cache_memory_bytes": CPU_CACHE_BYTES}
    elif where.memory is not None:
        arguments["gpu_memory_utilization"] = where.memory
    return arguments


class VllmCore:
    """One `LLMEngine`."""

    def __init__(self, engine: Any) -> None:  # noqa: ANN401 - a library that need not be installed
        self._engine = engine
        self._tokenizer = engine.get_tokenizer()
        self._defaults: dict[str, Any] = engine.vllm_config.model_config.get_diff_sampling_param()
        self._numbers: dict[Adapter, int] = {}

    def add(self, key: str, request: Request) -> None:
        """Raises `Fault` for messages that the model's template refuses, ValueError for what vLLM refuses."""
        from vllm import SamplingParams, exceptions  # noqa: PLC0415 - heavy, and an extra
        from vllm.sampling_params import RequestOutputKind  # noqa: PLC0415 - as above

        said: dict[str, Any] = {"max_tokens": None, **self._defaults, **request.params}
        prompt, adapter = {"prompt_token_ids": self._ids(request)}, self._lora(request.adapter)
        refused = getattr(exceptions, "VLLMClientError", ValueError)  # before it had errors of its own: ValueError
        try:
            params = SamplingParams(n=request.n, seed=request.seed, output_kind=RequestOutputKind.FINAL_ONLY, **said)
            self._engine.add_request(key, prompt, params, lora_request=adapter)
        except (refused, TypeError) as error:
            raise ValueError(str(error)) from error

    def step(self) -> Iterator[tuple[str, tuple[Answer, ...]]]:
        for done in self._engine.step():
            if done.finished:
                yield done.request_id, tuple(_answer(len(done.prompt_token_ids), one) for one in done.outputs)

    def abort(self, key: str) -> None:
        self._engine.abort_request([key])

    def close(self) -> None:
        self._engine.engine_core.shutdown()

    def _ids(self, request: Request) -> list[int]:
        said = [{"role": m.role, "content": m.content} for m in request.messages]
        if self._tokenizer.chat_template is None:
            return list(self._tokenizer("\n".join(m["content"] for m in said) + "\n")["input_ids"])
        try:
            text = self._tokenizer.apply_chat_template(said, add_generation_prompt=True, tokenize=False)
        except TemplateError as error:
            raise Fault("model", f"the model's chat template refuses the prompt: {error}", retry=False) from error
        return list(self._tokenizer(text, add_special_tokens=False)["input_ids"])

    def _lora(self, adapter: Adapter | None) -> Any:  # noqa: ANN401 - as above
        """Numbered by what it holds: vLLM knows an adapter, and what it has cached of it, by name and number."""
        if adapter is None:
            return None
        from vllm.lora.request import LoRARequest  # noqa: PLC0415 - heavy, and an extra

        number = self._numbers.setdefault(adapter, len(self._numbers) + 1)
        return LoRARequest(f"{adapter.path}@{adapter.stamp}", number, str(adapter.path))


def _answer(asked: int, output: Any) -> Answer:  # noqa: ANN401 - as above
    return Answer(output.text, asked, len(output.token_ids), output.finish_reason)
