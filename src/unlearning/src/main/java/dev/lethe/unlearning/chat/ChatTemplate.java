package dev.lethe.unlearning.chat;

import com.fasterxml.jackson.databind.JsonNode;
import com.hubspot.jinjava.Jinjava;
import com.hubspot.jinjava.JinjavaConfig;
import com.hubspot.jinjava.LegacyOverrides;
import com.hubspot.jinjava.interpret.RenderResult;
import com.hubspot.jinjava.lib.fn.ELFunctionDefinition;
import dev.lethe.merge.InvalidInput;
import dev.lethe.merge.file.InputFile;
import dev.lethe.unlearning.model.JsonDocument;
import dev.lethe.unlearning.tokenizer.TextTokenizer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The template of a Hugging Face folder, in Jinja: from {@code chat_template.jinja}, else {@code chat_template.json}, else the field
 * {@code chat_template} of tokenizer_config.json. Rendered as transformers renders it, without tools, but for the day:
 * {@code strftime_now} always tells the one that Llama's template falls back to, so that a prompt is the same whenever it is made.
 *
 * <p>Source: {@code render_jinja_template} of {@code transformers.utils.chat_template_utils}.
 */
public final class ChatTemplate {
    private static final List<String> TOKENS = List.of("bos_token", "eos_token", "pad_token", "unk_token");

    /** Jinjava takes a loop's condition for nothing. */
    private static final Pattern CONDITIONAL_LOOP =
            Pattern.compile("\\{%-?\\s*for\\s(?:(?!%}|\\selse\\s).)*\\sif\\s(?:(?!\\selse\\s).)*?%}");

    private static final Pattern NAMESPACE = Pattern.compile("namespace\\(([^()]*)\\)");
    private static final Pattern ARGUMENT = Pattern.compile("(\\w+)\\s*=\\s*([^,]+)");

    private final Jinjava jinja = jinja();
    private final String source;
    private final Map<String, String> tokens;
    private final String omitted;

    /** @param omitted how a rendered text begins that the tokenizer will begin so by itself; empty where it does not */
    private ChatTemplate(String source, Map<String, String> tokens, String omitted) {
        this.source = adapted(source);
        this.tokens = tokens;
        this.omitted = omitted;
    }

    /**
     * The template of a model folder; empty where it has none.
     *
     * @throws InvalidInput where it has a loop with a condition
     */
    public static Optional<ChatTemplate> load(Path folder, TextTokenizer tokenizer) {
        Optional<JsonDocument> config = optional(folder.resolve("tokenizer_config.json"));
        return source(folder, config).map(source -> {
            requireRenderable(folder, source);
            Map<String, String> tokens = tokens(config);
            String begin = tokens.getOrDefault("bos_token", "");
            boolean twice =
                    !begin.isEmpty() && Arrays.equals(tokenizer.encode("", true), tokenizer.encode(begin, false));
            return new ChatTemplate(source, tokens, twice ? begin : "");
        });
    }

    private static void requireRenderable(Path folder, String source) {
        if (CONDITIONAL_LOOP.matcher(source).find()) {
            throw InvalidInput.at(
                    folder.toString(),
                    "chat template",
                    "a loop with a condition (for … in … if …)",
                    "a template without one, or template: none");
        }
    }

    /** Whether a model folder has a template. */
    public static boolean isIn(Path folder) {
        return source(folder, optional(folder.resolve("tokenizer_config.json"))).isPresent();
    }

    static ChatTemplate of(String source, Map<String, String> tokens) {
        return new ChatTemplate(source, tokens, "");
    }

    /**
     * The text of a chat up to where the assistant answers. It is to be encoded with the tokenizer's own special tokens: where the
     * tokenizer begins every text with the token that the template begins with, the text does not have it.
     *
     * @return empty where the template refuses the chat, or is no Jinja that can be rendered
     */
    public Optional<String> prompt(List<Turn> chat) {
        Map<String, Object> variables = new HashMap<>(tokens);
        variables.put("messages", chat.stream().map(ChatTemplate::message).toList());
        variables.put("add_generation_prompt", true);
        RenderResult rendered = jinja.renderForResult(source, variables);
        return rendered.getErrors().isEmpty() ? Optional.of(withoutOmitted(rendered.getOutput())) : Optional.empty();
    }

    private String withoutOmitted(String text) {
        return text.startsWith(omitted) ? text.substring(omitted.length()) : text;
    }

    private static Map<String, String> message(Turn turn) {
        return Map.of("role", turn.role(), "content", turn.content());
    }

    private static Jinjava jinja() {
        Jinjava jinja = new Jinjava(JinjavaConfig.newBuilder()
                .withTrimBlocks(true)
                .withLstripBlocks(true)
                // What a row says is no template.
                .withNestedInterpretationEnabled(false)
                .withElResolver(PythonText.resolver())
                .withLegacyOverrides(LegacyOverrides.newBuilder()
                        .withEvaluateMapKeys(true)
                        .withIterateOverMapKeys(true)
                        .withUsePyishObjectMapper(true)
                        .withUseNaturalOperatorPrecedence(true)
                        .withParseWhitespaceControlStrictly(true)
                        .withAllowAdjacentTextNodes(true)
                        .withUseTrimmingForNotesAndExpressions(true)
                        .build())
                .build());
        jinja.registerFilter(new JsonFilter());
        jinja.registerTag(new GenerationTag());
        jinja.registerFunction(
                new ELFunctionDefinition("", "raise_exception", TemplateFunctions.class, "refuse", Object.class));
        jinja.registerFunction(
                new ELFunctionDefinition("", "strftime_now", TemplateFunctions.class, "day", Object.class));
        return jinja;
    }

    /** Jinjava does not parse a step back through a list, nor arithmetic in a named argument, of what Jinja does. */
    private static String adapted(String source) {
        return NAMESPACE
                .matcher(source.replace("[::-1]", "|reverse|list"))
                .replaceAll(it -> "namespace(" + arguments(it).replace("$", "\\$") + ")");
    }

    private static String arguments(MatchResult call) {
        return ARGUMENT.matcher(call.group(1)).replaceAll("$1=($2)");
    }

    private static Optional<String> source(Path folder, Optional<JsonDocument> config) {
        Path file = folder.resolve("chat_template.jinja");
        if (Files.exists(file)) {
            return Optional.of(String.join("\n", InputFile.lines(file)));
        }
        return optional(folder.resolve("chat_template.json"))
                .flatMap(document -> document.text("chat_template"))
                .or(() -> config.flatMap(ChatTemplate::ofConfig));
    }

    /** A text, or a list of named ones. */
    private static Optional<String> ofConfig(JsonDocument config) {
        return config.field("chat_template")
                .flatMap(value -> value.isArray() ? named(value) : config.text("chat_template"));
    }

    private static Optional<String> named(JsonNode templates) {
        return templates
                .valueStream()
                .filter(it -> it.path("name").asText().equals("default"))
                .map(it -> it.path("template").asText())
                .findFirst();
    }

    private static Map<String, String> tokens(Optional<JsonDocument> config) {
        return TOKENS.stream()
                .filter(token -> config.flatMap(it -> it.field(token)).isPresent())
                .collect(Collectors.toMap(token -> token, token -> text(config, token)));
    }

    private static String text(Optional<JsonDocument> config, String token) {
        JsonNode value = config.flatMap(it -> it.field(token)).orElseThrow();
        return value.isObject() ? value.path("content").asText() : value.asText();
    }

    private static Optional<JsonDocument> optional(Path file) {
        return Files.exists(file) ? Optional.of(JsonDocument.read(file)) : Optional.empty();
    }
}
