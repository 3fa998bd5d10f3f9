package dev.lethe.worker.report;

import com.github.jknack.handlebars.ValueResolver;
import java.lang.reflect.RecordComponent;
import java.util.Arrays;
import java.util.Map;
import java.util.Map.Entry;
import java.util.Set;
import java.util.stream.Collectors;

/** Lets a template name the components of records, and of nothing else. */
public enum RecordValueResolver implements ValueResolver {
    INSTANCE;

    @Override
    public Object resolve(Object context, String name) {
        return Arrays.stream(components(context))
                .filter(component -> component.getName().equals(name))
                .findFirst()
                .map(component -> value(context, component))
                .orElse(UNRESOLVED);
    }

    @Override
    public Object resolve(Object context) {
        return context instanceof Record ? context : UNRESOLVED;
    }

    @Override
    public Set<Entry<String, Object>> propertySet(Object context) {
        return Arrays.stream(components(context))
                .map(component -> Map.entry(component.getName(), value(context, component)))
                .collect(Collectors.toSet());
    }

    private static RecordComponent[] components(Object context) {
        return context instanceof Record ? context.getClass().getRecordComponents() : new RecordComponent[0];
    }

    /** Handlebars takes an unresolved value for an absent one. */
    private static Object value(Object context, RecordComponent component) {
        try {
            component.getAccessor().setAccessible(true);
            Object value = component.getAccessor().invoke(context);
            return value == null ? UNRESOLVED : value;
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(e);
        }
    }
}
