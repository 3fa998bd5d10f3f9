package dev.lethe.unlearning.chat;

import com.hubspot.jinjava.el.JinjavaInterpreterResolver;
import java.beans.FeatureDescriptor;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import jinjava.javax.el.CompositeELResolver;
import jinjava.javax.el.ELContext;
import jinjava.javax.el.ELResolver;
import org.jspecify.annotations.Nullable;

/** The methods of Python's {@code str} that chat templates call. */
final class PythonText extends ELResolver {
    private static final String WHITE_SPACE = " \t\n\r\u000B\f";

    private PythonText() {}

    /** Texts as Python has them, everything else as Jinjava. */
    static ELResolver resolver() {
        CompositeELResolver resolver = new CompositeELResolver();
        resolver.add(new PythonText());
        resolver.add(JinjavaInterpreterResolver.DEFAULT_RESOLVER_READ_ONLY);
        return resolver;
    }

    @Override
    @Nullable
    public Object invoke(
            ELContext context,
            @Nullable Object base,
            Object method,
            Class<?> @Nullable [] types,
            Object @Nullable [] arguments) {
        if (!(base instanceof String text)) {
            return null;
        }
        List<String> texts = arguments == null
                ? List.of()
                : Arrays.stream(arguments).map(String::valueOf).toList();
        Object result = call(text, method.toString(), texts);
        if (result != null) {
            context.setPropertyResolved(true);
        }
        return result;
    }

    private static @Nullable Object call(String text, String method, List<String> arguments) {
        String first = arguments.isEmpty() ? WHITE_SPACE : arguments.getFirst();
        return switch (method) {
            case "strip" -> lstrip(rstrip(text, first), first);
            case "lstrip" -> lstrip(text, first);
            case "rstrip" -> rstrip(text, first);
            case "startswith" -> text.startsWith(first);
            case "endswith" -> text.endsWith(first);
            case "upper" -> text.toUpperCase(Locale.ROOT);
            case "lower" -> text.toLowerCase(Locale.ROOT);
            case "capitalize" ->
                text.isEmpty()
                        ? text
                        : text.substring(0, 1).toUpperCase(Locale.ROOT)
                                + text.substring(1).toLowerCase(Locale.ROOT);
            case "split" ->
                arguments.isEmpty()
                        ? List.of(text.strip().split("\\s+", -1))
                        : List.of(text.split(Pattern.quote(first), -1));
            case "replace" -> arguments.size() == 2 ? text.replace(first, arguments.get(1)) : null;
            default -> null;
        };
    }

    private static String lstrip(String text, String characters) {
        int start = 0;
        while (start < text.length() && characters.indexOf(text.charAt(start)) >= 0) {
            start++;
        }
        return text.substring(start);
    }

    private static String rstrip(String text, String characters) {
        int end = text.length();
        while (end > 0 && characters.indexOf(text.charAt(end - 1)) >= 0) {
            end--;
        }
        return text.substring(0, end);
    }

    @Override
    public @Nullable Object getValue(ELContext context, @Nullable Object base, Object property) {
        return null;
    }

    @Override
    public @Nullable Class<?> getType(ELContext context, @Nullable Object base, Object property) {
        return null;
    }

    @Override
    public void setValue(ELContext context, @Nullable Object base, Object property, Object value) {}

    @Override
    public boolean isReadOnly(ELContext context, @Nullable Object base, Object property) {
        return true;
    }

    @Override
    public @Nullable Iterator<FeatureDescriptor> getFeatureDescriptors(ELContext context, @Nullable Object base) {
        return null;
    }

    @Override
    public @Nullable Class<?> getCommonPropertyType(ELContext context, @Nullable Object base) {
        return null;
    }
}
