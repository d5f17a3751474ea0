"""Wording: how texts speak to a machine, as trigger words and the expressions that those words have to fit.

Texts are in lower case when they are asked. Every expression is RE2: linear in the text. A wording costs one scan for
its triggers, and its expressions only where one stands, so triggers are words that product copy seldom has.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from aios_assets.enrich.normalise.words import words


@dataclass(frozen=True)
class Wording:
    """Trigger words (one stands in every text that an expression fits) and the expressions."""

    triggers: frozenset[str]
    patterns: tuple[str, ...]

    @property
    def pattern(self) -> str:
        """All expressions as one."""
        return "|".join(f"(?:{each})" for each in self.patterns)


_S = r"[\s,.:;!\"'*_\-]+"
_FEW = rf"(?:[^\s]+{_S}){{0,2}}"
_OLD = (
    rf"(?:(?:all|any|the|your|these|those|every|my|of){_S}){{0,3}}"
    r"(?:previous|prior|above|earlier|preceding|foregoing|system|original|initial)"
)
_MACHINE = r"(?:assistant|ai|language model|dan|jailbroken|admin|root|system)\b"
_PRAISE = "(?:safe|approved|compliant|first|top|best|verified)"
_WHAT = "(?:instruction|prompt|rule|direction|command|guideline|message|context|order|constraint|polic)"

INSTRUCTION: Final = Wording(
    words(
        """ignor|disregard|forget|override|overrule|bypass|neglect|do not follow|don't follow|vergiss|missachte|oublie
        olvida|olvide|pomiń|zapomnij|dimentica|negeer|vergeet|игнорируй|忽略|指示|prompt|developer m|hidden m|system m
        you are|act as|behave as|pretend|from now on|new instruction|attention ai|note to|not tell|n't tell|never tell
        not inform|n't inform|not alert|not notify|not mention|n't mention|never mention|classify this|rate this
        rank this|label this|approve this|mark this|treat this|hidden i|system i""",
        apart="|",
    ),
    (
        rf"(?:ignore|disregard|forget|override|overrule|bypass|neglect|do not follow|don't follow){_S}{_OLD}{_S}{_FEW}{_WHAT}",
        rf"(?:ignore|disregard|forget){_S}(?:everything|all){_S}(?:above|before|you|instructions|prior|that)",
        rf"(?:ignoriere?|vergiss|missachte){_S}(?:bitte{_S})?(?:(?:alle|die|sämtliche){_S})?(?:vorherig|bisherig|obig|früher)",
        rf"(?:ignore[zr]?|oublie[zr]?){_S}(?:toutes{_S})?(?:les{_S})?(?:instructions|consignes|règles){_S}(?:précéd|antér|ci-dessus)",
        rf"(?:ignora|ignore|olvida|olvide){_S}(?:todas{_S})?(?:las{_S})?(?:instrucciones|reglas|órdenes){_S}(?:anterior|previas)",
        rf"(?:zignoruj|ignoruj|pomiń|zapomnij){_S}{_FEW}(?:poprzedni|wcześniejsz|powyższ)",
        rf"(?:ignora|dimentica){_S}(?:tutte{_S})?(?:le{_S})?(?:istruzioni|regole){_S}(?:precedenti|sopra)",
        rf"(?:negeer|vergeet){_S}(?:alle{_S})?(?:voorgaande|vorige|eerdere){_S}(?:instructies|opdrachten)",
        r"игнорируй(?:те)?\s+(?:все\s+)?(?:предыдущие|прошлые)|忽略(?:之前|以上|前面|先前)|(?:以前|これまで|上記)の指示を無視",
        rf"(?:reveal|print|show|repeat|output|leak|disclose){_S}{_FEW}(?:system|hidden|developer){_S}(?:prompt|message|instruction)",
        rf"(?:you are|act as|behave as|pretend to be|pretend you are){_S}(?:now{_S})?(?:an?{_S})?{_FEW}{_MACHINE}",
        r"from now on,? (?:you|ignore|answer|respond|always)|new instructions?:|new system prompt|attention ai\b",
        r"note to (?:the |any )?(?:ai|llm|model|assistant)\b",
        rf"(?:do not|don't|never){_S}(?:tell|inform|alert|notify|mention){_S}{_FEW}(?:user|human|reviewer|moderator)",
        rf"(?:classify|rate|rank|label|approve|mark|treat) this{_S}{_FEW}(?:as|with){_S}{_PRAISE}",
    ),
)
FAKE_REPLY: Final = Wording(
    words("im_start im_end endoftext [inst [/inst <<sys [system [assistant [tool <system <assistant <user <tool")
    | words(
        "<|system <|user <|assistant <|tool assistant: human: system: tool: user: ### tool_ function_ \"role\" 'role'"
    )
    | words('approved cleared "verdict "decision "admitted "safe passed'),
    (
        r"<\|?(?:im_start|im_end|system|assistant|user|endoftext|tool)\|?>|\[/?inst\]|<</?sys>>|\[/?(?:system|assistant|tool)\]",
        r"(?:^|\n)\s*(?:system|assistant|human|user|tool):\s|###\s*(?:system|instruction|assistant|human|response)",
        r"(?:tool_calls?|function_call|tool_result|tool_use|tool_response|function_response)[\"']?\s*[:=]",
        r"[\"']role[\"']\s*:\s*[\"'](?:system|assistant|user|tool)",
        r"[\"'](?:approved|verdict|decision|admitted|safe)[\"']\s*:\s*[\"']?(?:true|admit|approved|allow|yes|pass)",
        rf"approved{_S}by{_S}(?:the{_S})?(?:reviewer|human|admin|moderator|compliance|editor|legal|manager|policy)",
        rf"(?:reviewer|moderator|compliance){_S}(?:(?:decision|status|verdict){_S})?(?:approved|passed|cleared)",
        r"status\s*[:=]\s*approved",
    ),
)
REFUSAL: Final = Wording(
    words(
        """language model|an ai|sprachmodell|als ki|als eine ki|i cannot|i can't|i can not|i am unable|i'm unable|not able to
        policy|policies|guidelines|i'm sorry|i am sorry|knowledge cutoff|training data|openai""",
        apart="|",
    ),
    (
        r"as an? (?:ai|artificial intelligence|large language|language) (?:language )?(?:model|assistant)",
        r"als (?:ein |eine )?(?:ki|sprachmodell)\b",
        r"i(?:'m| am) (?:just )?an? (?:ai|language model)",
        r"(?:i (?:cannot|can't|can not|am unable to)|i'm (?:unable|not able) to) (?:assist|help|comply|fulfil|provide)",
        r"(?:violates?|violating|goes against|against) (?:(?:our|the|my|openai|content|usage) ){0,3}(?:polic|guideline)",
        r"i(?:'m| am) sorry,? but i|my (?:knowledge cutoff|training data)|openai(?:'s)? (?:use case )?polic",
    ),
)
PRICE_ORDER: Final = Wording(
    words("price|preis|prix|cenę|precio", apart="|"),
    (
        rf"(?:set|change|make|update|put|adjust|reduce){_S}(?:(?:the|its|all|this){_S})?prices?{_S}(?:[^\s]+{_S}){{0,3}}[$€£]?[0-9]",
        rf"(?:setze?|ändere){_S}(?:den{_S})?preis{_S}(?:auf{_S})?[0-9]",
        rf"(?:mets|fixe[zr]?|change[zr]?){_S}le{_S}prix{_S}(?:à{_S})?[0-9]",
        rf"(?:ustaw|zmień){_S}cenę{_S}(?:na{_S})?[0-9]|(?:pon|cambia|establece){_S}el{_S}precio{_S}(?:(?:a|en){_S})?[0-9]",
    ),
)
SCRIPT: Final = Wording(
    words(
        "<script|< script|javascript|vbscript|livescript|srcdoc|expression(|document.cookie|document.write|document.location"
        "|onerror|onload|onclick|onmouse|onfocus|onblur|onchange|onsubmit|ontoggle|onanimation|onbegin|onpointer|onwheel"
        "|onkey|oncopy|onpaste|oninput|onscroll|ondrag|onstart|onplay|onpage|onhash|onresize|onunload|onmessage|onshow",
        apart="|",
    ),
    (
        r"<\s*script\b|(?:java|vb|live)\s*script\s*:|srcdoc\s*=|expression\(|document\.(?:cookie|write|location)",
        r"<[a-z!/][^<>]*[\s/\"']on[a-z]+\s*=",
    ),
)
LINK: Final = Wording(
    words("data:|![|file://|<iframe|<object|<embed|<base|<meta|<form", apart="|"),
    (
        r"data:(?:text|application|image/svg)[^,\s]*,",
        r"!\[[^\]]*\]\(\s*(?:https?:)?//|file://|<(?:iframe|object|embed|base|meta|form)\b",
    ),
)
TEMPLATE: Final = Wording(
    words("{{ ${ <% #{ {% $( [[$"),
    (r"\{\{[^}]*\}\}|\$\{[^}]*\}|<%[^>]*%>|#\{[^}]*\}|\{%[^}]*%\}|\$\([^)]+\)|\[\[\$[^\]]*\]\]",),
)

WORDINGS: Final[Mapping[str, Wording]] = {
    "instruction": INSTRUCTION,
    "fake-reply": FAKE_REPLY,
    "refusal": REFUSAL,
    "price-order": PRICE_ORDER,
    "script": SCRIPT,
    "link": LINK,
    "template": TEMPLATE,
}
"""The wording behind each flag that words raise."""
