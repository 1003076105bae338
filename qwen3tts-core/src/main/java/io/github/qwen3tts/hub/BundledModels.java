package io.github.qwen3tts.hub;

import io.github.qwen3tts.api.ModelLoadException;
import java.net.URL;
import java.security.CodeSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Finds the models that jars bring. */
final class BundledModels {

    private static final Pattern NAME = Pattern.compile("[a-z0-9][a-z0-9._-]{0,63}");
    private static final Pattern SHA256 = Pattern.compile("[0-9a-f]{64}");

    private BundledModels() {}

    /**
     * Looks a model up, in any case of letters.
     *
     * @param name what a user typed
     * @return the model, or empty
     * @throws ModelLoadException if a jar's model cannot be used, or two jars bring different models of the name
     */
    static Optional<BundledModel> find(String name) {
        return find(name, all());
    }

    static Optional<BundledModel> find(String name, List<BundledModel> models) {
        List<BundledModel> named = models.stream()
                .filter(model -> model.name().equals(name.toLowerCase(Locale.ROOT)))
                .toList();
        for (BundledModel other : named) {
            if (!other.sha256().equals(named.get(0).sha256())) {
                throw new ModelLoadException("two jars bring a model of the same name: model=" + name + ", first="
                        + origin(named.get(0)) + ", second=" + origin(other) + "; remove one of them");
            }
        }
        return named.stream().findFirst();
    }

    /** The context's loader sees an application's jars, and this class's own one sees those beside this library. */
    private static List<BundledModel> all() {
        Map<Class<?>, BundledModel> models = new LinkedHashMap<>();
        try {
            Stream.of(Thread.currentThread().getContextClassLoader(), BundledModels.class.getClassLoader())
                    .filter(Objects::nonNull)
                    .flatMap(loader -> ServiceLoader.load(BundledModel.class, loader).stream())
                    .map(ServiceLoader.Provider::get)
                    .forEach(model -> models.putIfAbsent(model.getClass(), checked(model)));
        } catch (ServiceConfigurationError e) {
            throw new ModelLoadException("a jar names a model that cannot be used: " + e.getMessage(), e);
        }
        return List.copyOf(models.values());
    }

    /** Refuses names and hashes that could not become part of a path. */
    static BundledModel checked(BundledModel model) {
        if (!NAME.matcher(model.name()).matches()
                || !SHA256.matcher(model.sha256()).matches()) {
            throw new ModelLoadException("a jar brings a model with a name or hash that cannot be one: name="
                    + model.name() + ", sha256=" + model.sha256() + ", origin=" + origin(model));
        }
        return model;
    }

    private static String origin(BundledModel model) {
        return Optional.ofNullable(model.getClass().getProtectionDomain().getCodeSource())
                .map(CodeSource::getLocation)
                .map(URL::toString)
                .orElseGet(() -> model.getClass().getName());
    }
}
