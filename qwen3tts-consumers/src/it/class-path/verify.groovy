// README's program with the JDK of the build, then on a runtime image of the JDK modules that jdeps finds.
def run = evaluate(new File(its, 'run.groovy'))
def jdk = "${System.getProperty('java.home')}/bin"
def jars = new File(basedir, 'target/class.path').text.trim()
def classPath = "target/classes${File.pathSeparator}$jars"

def check = { java ->
    def printed = run(java, '-cp', classPath, 'hello.Hello', model, 'target/hello.wav')
    def samples = printed =~ /streamed (\d+) samples, saved (\d+)/
    assert samples && samples[0][1] as int > 0 && samples[0][1] == samples[0][2]
}
check("$jdk/java")

def modules = run("$jdk/jdeps", '--print-module-deps', '--ignore-missing-deps', '--multi-release', '17', '-recursive',
        '-cp', jars, 'target/classes').trim()
new File(basedir, 'target/image').deleteDir()
run("$jdk/jlink", '--add-modules', modules, '--output', 'target/image')
check("$basedir/target/image/bin/java")
