/** What the emoji of `emoji/groups.ts` are called, in that order, and what else they are found by: from Unicode CLDR 45. */
export const EMOJI_NAMES = `
grinning face
grinning face with big eyes, mouth, open, smile
grinning face with smiling eyes, mouth, open, smile
beaming face with smiling eyes, grin, smile
grinning squinting face, laugh, mouth, satisfied, smile
grinning face with sweat, cold, open, smile
rolling on the floor laughing, face, rofl, rotfl
face with tears of joy, laugh
slightly smiling face, smile
upside-down face
winking face
smiling face with smiling eyes, blush, smile
smiling face with halo, angel, fantasy, innocent
smiling face with hearts, adore, crush, in love
smiling face with heart-eyes, love, smile
star-struck, eyes, face, grinning
face blowing a kiss
kissing face
kissing face with closed eyes
face savoring food, delicious, savouring, smile, yum
face with tongue
winking face with tongue, eye, joke
zany face, eye, goofy, large, small
squinting face with tongue, eye, horrible, taste
smiling face with open hands, hug, hugging
face with hand over mouth, whoops
shushing face, quiet
thinking face
zipper-mouth face
face with raised eyebrow, distrust, skeptic
neutral face, deadpan, meh
expressionless face, inexpressive, meh, unexpressive
face without mouth, quiet, silent
smirking face
unamused face, unhappy
face with rolling eyes, eyeroll
grimacing face, grimace
relieved face
pensive face, dejected
sleepy face, good night
drooling face
sleeping face, good night, ZZZ
face with medical mask, cold, doctor, sick
face with thermometer, ill, sick
face with head-bandage, hurt, injury
nauseated face, vomit
face vomiting, puke, sick
sneezing face, gesundheit, sneeze
hot face, feverish, heat stroke, red-faced, sweating
cold face, blue-faced, freezing, frostbite, icicles
woozy face, dizzy, intoxicated, tipsy, uneven eyes, wavy mouth
face with crossed-out eyes, dead, knocked out
exploding head, mind blown, shocked
cowboy hat face, cowgirl
partying face, celebration, hat, horn
smiling face with sunglasses, bright, cool
nerd face, geek
face with monocle, stuffy
confused face, meh
worried face
slightly frowning face
face with open mouth, sympathy
hushed face, stunned, surprised
astonished face, shocked, totally
flushed face, dazed
pleading face, begging, mercy, puppy eyes
frowning face with open mouth
anguished face
fearful face, scared
anxious face with sweat, blue, cold, rushed
sad but relieved face, disappointed, whew
crying face, sad, tear
loudly crying face, sad, sob, tear
face screaming in fear, munch, scared
confounded face
persevering face, persevere
disappointed face
downcast face with sweat, cold
weary face, tired
tired face
yawning face, bored, tired
face with steam from nose, triumph, won
enraged face, angry, mad, pouting, red
angry face, anger, mad
face with symbols on mouth, swearing
smiling face with horns, fairy tale, fantasy, smile
skull, death, face, fairy tale, monster
pile of poo, dung, face, monster, poop
clown face
ghost, creature, face, fairy tale, fantasy, monster
alien, creature, extraterrestrial, face, fantasy, ufo
robot, face, monster
grinning cat, face, mouth, open, smile
grinning cat with smiling eyes, face, smile
cat with tears of joy, face
smiling cat with heart-eyes, face, love, smile
crying cat, face, sad, tear
see-no-evil monkey, face, forbidden
hear-no-evil monkey, face, forbidden
speak-no-evil monkey, face, forbidden
waving hand, wave
raised back of hand, backhand
raised hand, high 5, high five
vulcan salute, finger, hand, spock
OK hand
pinching hand, small amount
victory hand
crossed fingers, hand, luck
love-you gesture, hand, ILY
sign of the horns, finger, hand, rock-on
call me hand, hang loose, Shaka
backhand index pointing left, finger
backhand index pointing right, finger
backhand index pointing up, finger
backhand index pointing down, finger
index pointing up, finger, hand
thumbs up, +1, hand
thumbs down, -1, hand
raised fist, clenched, hand, punch
oncoming fist, clenched, hand, punch
clapping hands
raising hands, celebration, gesture, hooray, raised
open hands
palms up together, prayer
handshake, agreement, meeting
folded hands, ask, high 5, high five, please, pray
writing hand, write
nail polish, care, cosmetics, manicure
selfie, camera, phone
flexed biceps, comic, muscle
ear, body
eyes, face
brain, intelligent
mouth, lips
baby, young
girl, Virgo, young, zodiac
boy, young
woman, adult
man, adult
old woman, adult
old man, adult
person frowning, gesture
person pouting, gesture
person gesturing NO, forbidden, gesture, hand, prohibited
person gesturing OK, gesture, hand
person tipping hand, help, information, sassy
person raising hand, gesture, happy, raised
person bowing, apology, gesture, sorry
person facepalming, disbelief, exasperation
person shrugging, doubt, ignorance, indifference
police officer, cop
Santa Claus, celebration, Christmas, father
woman dancing, dance
man dancing, dance
person running, marathon
person walking, hike
woman and man holding hands, couple
family
footprints, clothing
red heart
orange heart
yellow heart
green heart
blue heart
purple heart
brown heart
black heart, evil, wicked
white heart
broken heart, break
heart exclamation, mark, punctuation
two hearts, love
revolving hearts
beating heart, heartbeat, pulsating
growing heart, excited, nervous, pulse
sparkling heart, excited, sparkle
heart with arrow, cupid
heart with ribbon, valentine
kiss mark, lips
hundred points, 100, full, score
anger symbol, angry, comic, mad
collision, boom, comic
dizzy, comic, star
sweat droplets, comic, splashing
dashing away, comic, running
speech balloon, bubble, comic, dialog
thought balloon, bubble, comic
ZZZ, comic, good night, sleep
dog face, pet
cat face, pet
mouse face
hamster, face, pet
rabbit face, bunny, pet
fox, face
bear, face
panda, face
koala, face, marsupial
tiger face
lion, face, Leo, zodiac
cow face
pig face
frog, face
monkey face
chicken, bird
penguin, bird
bird
duck, bird
owl, bird, wise
horse face
unicorn, face
honeybee, insect
butterfly, insect, pretty
snail
lady beetle, insect, ladybird, ladybug
turtle, terrapin, tortoise
snake, bearer, Ophiuchus, serpent, zodiac
octopus
tropical fish
dolphin, flipper
spouting whale, face
elephant
bouquet, flower
cherry blossom, flower
rose, flower
sunflower
tulip, flower
seedling, young
deciduous tree, shedding
palm tree
cactus, plant
four leaf clover, 4, four-leaf clover
maple leaf, falling
fallen leaf, falling
globe showing Europe-Africa, earth, world
crescent moon
star
glowing star, glittery, shining, sparkle
sun, bright, rays, sunny
sun behind cloud
cloud with rain
high voltage, danger, electric, lightning, zap
snowflake, cold
snowman without snow, cold
fire, flame, tool
rainbow
water wave, ocean
red apple, fruit
banana, fruit
grapes, fruit
strawberry, fruit
watermelon, fruit
tangerine, fruit, orange
lemon, citrus, fruit
peach, fruit
pineapple, fruit
avocado, food, fruit
tomato, fruit, vegetable
carrot, food, vegetable
ear of corn, maize, maze
bread, loaf
cheese wedge
egg, breakfast, food
hamburger
french fries
pizza, cheese, slice
hot dog, frankfurter, hotdog, sausage
taco, mexican
spaghetti, pasta
steaming bowl, noodle, ramen
curry rice
sushi
cooked rice
green salad, food
popcorn
soft ice cream, dessert, icecream, sweet
doughnut, breakfast, dessert, donut, sweet
cookie, dessert, sweet
birthday cake, celebration, dessert, pastry, sweet
shortcake, dessert, pastry, slice, sweet
chocolate bar, dessert, sweet
candy, dessert, sweet
honey pot, honeypot, sweet
hot beverage, coffee, drink, steaming, tea
teacup without handle, beverage, drink
glass of milk, drink
beer mug, bar, drink
clinking beer mugs, bar, drink
wine glass, bar, beverage, drink
clinking glasses, celebrate, drink
cocktail glass, bar, drink
tropical drink, bar
soccer ball, football
basketball, hoop
american football
tennis, ball, racquet
volleyball, game
ping pong, ball, bat, game, paddle, table tennis
badminton, birdie, game, racquet, shuttlecock
flag in hole, golf
person biking, bicycle, cyclist
person swimming
person in lotus position, meditation, yoga
trophy, prize
1st place medal, first, gold
bullseye, dart, direct hit, game, hit, target
video game, controller
game die, dice
puzzle piece, clue, interlocking, jigsaw
artist palette, museum, painting
performing arts, mask, theater, theatre
clapper board, movie
microphone, karaoke
headphone, earbud
musical note
musical notes
guitar, instrument, music
musical keyboard, instrument, piano
drum, drumsticks, music
party popper, celebration, tada
confetti ball, celebration
balloon, celebration
wrapped gift, box, celebration, present
Christmas tree, celebration
jack-o-lantern, celebration, halloween
fireworks, celebration
sparkles, *, star
automobile, car
taxi, vehicle
bus, vehicle
ambulance, vehicle
fire engine, truck
bicycle, bike
motor scooter
motorcycle, racing
locomotive, engine, railway, steam, train
metro, subway
airplane, aeroplane
rocket, space
helicopter, vehicle
sailboat, resort, sea, yacht
ship, boat, passenger
anchor, ship, tool
vertical traffic light, signal
world map
house, home
office building
hospital, doctor, medicine
school, building
church, Christian, cross, religion
mosque, islam, Muslim, religion
hindu temple
tent, camping
beach with umbrella
mountain
sunrise, morning
night with stars
watch, clock
mobile phone, cell, telephone
laptop, computer, pc, personal
keyboard, computer
camera, video
television, tv, video
alarm clock
hourglass not done, sand, timer
battery
light bulb, comic, electric, idea
flashlight, electric, tool, torch
money with wings, banknote, bill, fly
money bag, dollar, moneybag
credit card, money
gem stone, diamond, jewel
wrench, spanner, tool
hammer, tool
key, lock, password
locked, closed
door
bed, hotel, sleep
bathtub
shower, water
broom, cleaning, sweeping, witch
shopping cart, trolley
graduation cap, celebration, clothing, hat
glasses, clothing, eye, eyeglasses, eyewear
dress, clothing
t-shirt, clothing, tshirt
running shoe, athletic, clothing, sneaker
crown, clothing, king, queen
ring, diamond
pill, doctor, medicine, sick
books
open book
pencil
paperclip
pushpin
scissors, cutting, tool
calendar, date
chart increasing, graph, growth, trend, upward
memo, pencil
envelope, email, letter
package, box, parcel
megaphone, cheering
bell
check mark button, ✓
check box with check, ✓
check mark, ✓
cross mark, ×, cancel, multiplication, multiply, x
red exclamation mark, !, punctuation
red question mark, ?, punctuation
double exclamation mark, !, !!, bangbang
exclamation question mark, !, !?, ?, interrobang, punctuation
warning
prohibited, entry, forbidden, no, not
no entry, forbidden, not, prohibited, traffic
recycling symbol, recycle
plus, +, math, sign
minus, -, −, math, sign
right arrow, cardinal, direction, east
left arrow, cardinal, direction, west
up arrow, cardinal, direction, north
down arrow, cardinal, direction, south
counterclockwise arrows button, anticlockwise, withershins
repeat button, arrow, clockwise
play button, arrow, right, triangle
pause button, bar, double, vertical
red circle, geometric
orange circle
yellow circle
green circle
blue circle, geometric
purple circle
black circle, geometric
white circle, geometric
OK button
NEW button
SOS button, help
copyright
registered
trade mark, TM, trademark
infinity, forever, unbounded, universal
chequered flag, checkered, racing
white flag, waving
black flag, waving
rainbow flag, pride
`;
