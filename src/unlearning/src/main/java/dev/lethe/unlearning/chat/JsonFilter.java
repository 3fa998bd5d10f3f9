package dev.lethe.unlearning.chat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.util.DefaultIndenter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import com.fasterxml.jackson.core.util.Separators;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.hubspot.jinjava.interpret.JinjavaInterpreter;
import com.hubspot.jinjava.lib.filter.Filter;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** {@code tojson} as transformers has it: Python's {@code json.dumps} without escapes of what is not ASCII. */
final class JsonFilter implements Filter {
    private static final JsonMapper JSON = JsonMapper.builder().build();

    private static final Separators PYTHON = Separators.createDefaultInstance()
            .withObjectFieldValueSpacing(Separators.Spacing.AFTER)
            .withObjectEmptySeparator("")
            .withArrayEmptySeparator("");

    @Override
    public String getName() {
        return "tojson";
    }

    @Override
    public Object filter(
            @Nullable Object value, JinjavaInterpreter interpreter, Object[] arguments, Map<String, Object> named) {
        return named.get("indent") instanceof Number indent
                ? text(value, indented(" ".repeat(indent.intValue())))
                : text(value, inline());
    }

    @Override
    public Object filter(@Nullable Object value, JinjavaInterpreter interpreter, String... arguments) {
        return text(value, inline());
    }

    private static DefaultPrettyPrinter inline() {
        return new DefaultPrettyPrinter(PYTHON.withObjectEntrySpacing(Separators.Spacing.AFTER)
                        .withArrayValueSpacing(Separators.Spacing.AFTER))
                .withObjectIndenter(DefaultPrettyPrinter.NopIndenter.instance)
                .withArrayIndenter(DefaultPrettyPrinter.NopIndenter.instance);
    }

    private static DefaultPrettyPrinter indented(String indent) {
        DefaultIndenter lines = new DefaultIndenter(indent, "\n");
        return new DefaultPrettyPrinter(PYTHON).withObjectIndenter(lines).withArrayIndenter(lines);
    }

    private static String text(@Nullable Object value, DefaultPrettyPrinter printer) {
        try {
            return JSON.writer(printer).writeValueAsString(value);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("no JSON", e);
        }
    }
}
